-- What the store keeps beside the features (docs/format.md, section 2).

CREATE TABLE gis_capture_meta (
  key TEXT PRIMARY KEY NOT NULL,
  value TEXT
) WITHOUT ROWID;

CREATE TABLE gis_capture_layers (
  key TEXT PRIMARY KEY NOT NULL,
  position INTEGER NOT NULL,
  revision INTEGER NOT NULL,
  definition TEXT NOT NULL,
  removed_fields TEXT NOT NULL DEFAULT '[]'
) WITHOUT ROWID;

CREATE TABLE gis_capture_revisions (
  revision INTEGER PRIMARY KEY,
  at TEXT NOT NULL,
  device_id TEXT NOT NULL,
  author TEXT NOT NULL,
  note TEXT NOT NULL
);

-- The state a feature had before a revision changed it; an insert has none, so a bulk import costs nothing here.
CREATE TABLE gis_capture_history (
  id INTEGER PRIMARY KEY,
  revision INTEGER NOT NULL,
  layer TEXT NOT NULL,
  feature_id TEXT NOT NULL,
  kind TEXT NOT NULL,
  previous_revision INTEGER NOT NULL,
  previous TEXT NOT NULL,
  previous_geometry BLOB
);
CREATE INDEX gis_capture_history_feature ON gis_capture_history (feature_id, layer, revision);
CREATE INDEX gis_capture_history_layer ON gis_capture_history (layer, revision);
CREATE INDEX gis_capture_history_deletions ON gis_capture_history (revision, id) WHERE kind = 'delete';

CREATE TABLE gis_capture_attachments (
  layer TEXT NOT NULL,
  feature_id TEXT NOT NULL,
  position INTEGER NOT NULL,
  sha256 TEXT NOT NULL,
  attachment TEXT NOT NULL,
  PRIMARY KEY (layer, feature_id, position)
) WITHOUT ROWID;
CREATE INDEX gis_capture_attachments_sha256 ON gis_capture_attachments (sha256);

CREATE TABLE gis_capture_imports (
  number INTEGER PRIMARY KEY,
  import_id TEXT NOT NULL UNIQUE,
  record TEXT NOT NULL
);

-- The rows of imports, some thousand in each block (docs/format.md), and the least and greatest feature_id among them.
CREATE TABLE gis_capture_source_blocks (
  id INTEGER PRIMARY KEY,
  import_number INTEGER NOT NULL,
  first_id TEXT,
  last_id TEXT,
  rows BLOB NOT NULL
);
CREATE INDEX gis_capture_source_blocks_import ON gis_capture_source_blocks (import_number);
CREATE INDEX gis_capture_source_blocks_ids ON gis_capture_source_blocks (first_id, last_id);

-- Edits by other programs, noted by triggers until they are adopted as a revision.
CREATE TABLE gis_capture_direct_edits (
  layer TEXT NOT NULL,
  fid INTEGER NOT NULL,
  kind TEXT NOT NULL,
  feature_id TEXT,
  previous_revision INTEGER,
  previous TEXT,
  previous_geometry BLOB,
  PRIMARY KEY (layer, fid)
);
