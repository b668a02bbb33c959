import { expect, test } from "vitest";
import { AddressBook } from "../../src/main/tablet/address_book.ts";
import { replaceTowns } from "../../src/store/addresses.ts";
import { newDatabase } from "../store/stored.ts";

const town = (name: string, lots: [string, number, number][] = []) => ({
  city: "高山市",
  name,
  lon: 137.25,
  lat: 36.14,
  radius_m: 300,
  lots,
});

test("an address leads to its lot, else to its town, and says so; new towns take the place of the old", async () => {
  const database = newDatabase();
  await replaceTowns(database, [town("本町", [["5", 1, 2]]), town("花里町二丁目", [["880-1", 137.2501, 36.1401]])]);
  const find = async (query: string) => (await new AddressBook(database).find(query, [137.25, 36.14]))[0];
  expect(await find("花里町2丁目880番地1")).toMatchObject({
    name: "花里町二丁目 880-1",
    place: [137.2501, 36.1401],
    is_rough: false,
  });
  expect(await find("花里町2丁目12")).toMatchObject({ name: "花里町二丁目", place: [137.25, 36.14], is_rough: true });
  expect(await find("花里")).toMatchObject({ name: "花里町二丁目", is_rough: false });

  await replaceTowns(database, [town("花里町二丁目")]);
  expect(await find("本町5")).toBeUndefined();
  expect(await find("花里町2丁目880番地1")).toMatchObject({ is_rough: true });
});
