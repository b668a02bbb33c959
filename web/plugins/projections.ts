import type { Plugin } from "vite";

const NEEDED = ["tmerc", "etmerc", "utm"];

/** Keeps of proj4 what layers here can have (`src/geometry/projection.ts`): thirty projections more would be dead weight. */
export function projections(): Plugin {
  return {
    name: "gis-capture:projections",
    apply: "build",
    enforce: "pre",
    load(id) {
      if (!/\/proj4\/projs\.js$/.test(id)) return null;
      const imports = NEEDED.map((name) => `import ${name} from "./lib/projections/${name}";`);
      return `${imports.join("\n")}\nexport default (proj4) => [${NEEDED}].forEach((one) => proj4.Proj.projections.add(one));`;
    },
  };
}
