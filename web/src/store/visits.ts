import type { Visit } from "../model/visit.ts";
import type { Database } from "./database.ts";

/** What this tablet visited, newest visit of each feature; written with the change that each stands for. */
export async function listVisits(database: Database): Promise<Visit[]> {
  return database.read(["visits"], (transaction) => transaction.objectStore("visits").getAll());
}
