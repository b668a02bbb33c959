import type { Lot, Town } from "../model/address.ts";
import type { Database } from "./database.ts";

/** A town on this tablet; its lots lie beside it, for they are read only when they are asked for. */
export interface StoredTown extends Town {
  town_id: number;
}

/** Puts these towns in the place of all that were here. */
export async function replaceTowns(database: Database, towns: readonly (Town & { lots: Lot[] })[]): Promise<void> {
  const replace = async (transaction: Parameters<Parameters<Database["write"]>[1]>[0]) => {
    const [known, lots_of] = [transaction.objectStore("towns"), transaction.objectStore("lots")];
    await Promise.all([known.clear(), lots_of.clear()]);
    const writes = towns.flatMap(({ lots, ...town }, town_id) => [
      known.put({ ...town, town_id }),
      ...(lots.length ? [lots_of.put(lots, town_id)] : []),
    ]);
    await Promise.all(writes);
  };
  await database.write(["towns", "lots"], replace, "relaxed");
}

export async function listTowns(database: Database): Promise<StoredTown[]> {
  return database.read(["towns"], (transaction) => transaction.objectStore("towns").getAll());
}

export async function readLots(database: Database, town_id: number): Promise<Lot[]> {
  return (await database.read(["lots"], (transaction) => transaction.objectStore("lots").get(town_id))) ?? [];
}
