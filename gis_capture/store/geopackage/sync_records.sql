-- What sync keeps beside the features (docs/format.md, section 2).

CREATE TABLE IF NOT EXISTS gis_capture_receipts (
  id INTEGER PRIMARY KEY,
  change_id TEXT NOT NULL UNIQUE,
  sha256 TEXT NOT NULL,
  layer TEXT,
  feature_id TEXT,
  after TEXT,
  device_id TEXT NOT NULL,
  author TEXT NOT NULL,
  received_at TEXT NOT NULL,
  status TEXT NOT NULL,
  revision INTEGER,
  receipt TEXT NOT NULL,
  body TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS gis_capture_receipts_feature ON gis_capture_receipts (feature_id, layer);
CREATE INDEX IF NOT EXISTS gis_capture_receipts_time ON gis_capture_receipts (received_at);
CREATE INDEX IF NOT EXISTS gis_capture_receipts_device ON gis_capture_receipts (device_id);
CREATE INDEX IF NOT EXISTS gis_capture_receipts_after ON gis_capture_receipts (after) WHERE after IS NOT NULL;
CREATE INDEX IF NOT EXISTS gis_capture_receipts_unstored ON gis_capture_receipts (status)
  WHERE status IN ('held', 'rejected');

CREATE TABLE IF NOT EXISTS gis_capture_other_bodies (
  change_id TEXT NOT NULL,
  sha256 TEXT NOT NULL,
  device_id TEXT NOT NULL,
  author TEXT NOT NULL,
  received_at TEXT NOT NULL,
  receipt TEXT NOT NULL,
  body TEXT NOT NULL,
  PRIMARY KEY (change_id, sha256)
);

CREATE TABLE IF NOT EXISTS gis_capture_conflicts (
  id INTEGER PRIMARY KEY,
  conflict_id TEXT NOT NULL UNIQUE,
  change_id TEXT NOT NULL,
  layer TEXT NOT NULL,
  feature_id TEXT NOT NULL,
  state TEXT NOT NULL,
  revision INTEGER NOT NULL,
  body TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS gis_capture_conflicts_revision ON gis_capture_conflicts (revision, id);
CREATE INDEX IF NOT EXISTS gis_capture_conflicts_feature ON gis_capture_conflicts (feature_id, layer);
CREATE INDEX IF NOT EXISTS gis_capture_conflicts_change ON gis_capture_conflicts (change_id);
CREATE INDEX IF NOT EXISTS gis_capture_conflicts_open ON gis_capture_conflicts (revision, id) WHERE state = 'open';

CREATE TABLE IF NOT EXISTS gis_capture_named_attachments (
  sha256 TEXT NOT NULL,
  change_id TEXT NOT NULL,
  layer TEXT NOT NULL,
  feature_id TEXT NOT NULL,
  attachment TEXT NOT NULL,
  PRIMARY KEY (sha256, change_id)
);
