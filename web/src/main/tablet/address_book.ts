import { distanceM } from "../../geometry/distance.ts";
import { findLot, findTowns } from "../../model/address.ts";
import { listTowns, readLots, type StoredTown } from "../../store/addresses.ts";
import type { Database } from "../../store/database.ts";

/** A place that an address names. */
export interface AddressFind {
  city: string;
  name: string;
  place: [number, number];
  distance_m: number;
  /** The query names a lot that is not known: the place is that of the town. */
  is_rough: boolean;
}

const N_WANTED = 4;

/** The addresses that were taken along; the towns are read once. */
export class AddressBook {
  readonly #database: Database;
  #towns: Promise<StoredTown[]> | null = null;

  constructor(database: Database) {
    this.#database = database;
  }

  async find(query: string, from: readonly [number, number]): Promise<AddressFind[]> {
    this.#towns ??= listTowns(this.#database);
    const found = findTowns(await this.#towns, query, ({ lon, lat }) => distanceM(from, [lon, lat]), N_WANTED);
    return Promise.all(
      found.map(async ({ town, rest }) => {
        const lot = rest ? findLot(await readLots(this.#database, town.town_id), rest) : null;
        const place: [number, number] = lot ? [lot[1], lot[2]] : [town.lon, town.lat];
        const name = lot ? `${town.name} ${lot[0]}` : town.name;
        return { city: town.city, name, place, distance_m: distanceM(from, place), is_rough: rest !== "" && !lot };
      }),
    );
  }
}
