"""CityGML 2 as PLATEAU publishes it: every kind of city object is a table, with footprints instead of solids.

Codes are resolved by the code lists that lie beside the file (`codelists/*.xml`); the code itself is kept beside the
words. Solids and walls are seen from above: their footprint is the union of their faces.
"""

from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from xml.etree.ElementTree import Element, ParseError

import shapely
from shapely.geometry.base import BaseGeometry

from gis_capture.ledger import codes
from gis_capture.ledger.drivers.driver import Driver
from gis_capture.ledger.drivers.elements import local_name, read_children, read_elements
from gis_capture.ledger.drivers.features import Features, breaks_off, lacking
from gis_capture.ledger.drivers.gml_geometry import GmlReader, find_geometry, id_of, stated_crs
from gis_capture.ledger.opening import Opened, broken
from gis_capture.ledger.table import Reading
from gis_capture.model import Problem
from gis_capture.text import Text

_NAMESPACE = b"http://www.opengis.net/citygml/"
_KINDS = {
    "Building": "建築物",
    "BuildingPart": "建築物部品",
    "Road": "道路",
    "Railway": "鉄道",
    "Track": "徒歩道",
    "Square": "広場",
    "Waterway": "航路",
    "LandUse": "土地利用",
    "WaterBody": "水部",
    "CityFurniture": "都市設備",
    "PlantCover": "植被",
    "SolitaryVegetationObject": "単独木",
    "Bridge": "橋梁",
    "Tunnel": "トンネル",
    "OtherConstruction": "その他の構造物",
    "UndergroundBuilding": "地下街",
    "ReliefFeature": "地形",
    "UrbanPlanningArea": "都市計画区域",
    "UseDistrict": "用途地域",
    "UrbanDevelopmentProject": "市街地開発事業",
    "GenericCityObject": "汎用都市オブジェクト",
}
# Which geometry is taken where there are several: what was drawn as a footprint first, then the simplest.
_PREFERRED = (
    "lod0FootPrint",
    "lod0RoofEdge",
    "lod0MultiSurface",
    "lod0Geometry",
    "lod0MultiCurve",
    "lod0Network",
    "lod1MultiSurface",
    "lod1Solid",
    "lod1Geometry",
)
_MAX_LIST_BYTES = 8 << 20
_LISTS_ABOVE = 8
_FIRST = dict.fromkeys(("gml_id", "name", "usage", "usage_code", "measuredHeight", "storeysAboveGround"))


def accepts(opened: Opened) -> bool:
    """Whether the root element is a CityModel of CityGML."""
    head = opened.head[:8192]
    return head.lstrip(b"\xef\xbb\xbf \r\n\t").startswith(b"<") and b"CityModel" in head and _NAMESPACE in head


def read(opened: Opened) -> Reading:
    """Reads the city objects up to the end or to where the file breaks, which is told; coordinates are (lon, lat)."""
    source = opened.source("citygml")
    features, lists = Features(opened, source), _CodeLists(opened.path)
    reader = GmlReader(n_dimensions=3)
    problems: list[Problem] = []
    crs: str | None = None
    n_read = n_without = 0
    try:
        for element in _members(opened):
            crs = crs or stated_crs(element)
            if local_name(element) == "Envelope":
                stated = element.get("srsDimension", "")
                reader.n_dimensions = int(stated) if stated in ("2", "3") else reader.n_dimensions
                continue
            kind = local_name(element)
            layer = f"{kind} {_KINDS[kind]}" if kind in _KINDS else kind
            geometry = _footprint(element, reader)
            n_without += geometry is None
            features.add(layer, _attributes(element, lists), geometry)
            n_read += 1
    except ParseError as error:
        if not n_read:
            raise broken(opened.path, str(error)) from error
        problems.append(breaks_off(error, n_read))
    problems += lacking(opened.path.name, n_read=n_read, n_without=n_without, crs=crs)
    if lists.missing:
        names = ", ".join(sorted(lists.missing))
        message = Text(
            f"コードの意味の一覧（{names}）が一緒にないため、コードのまま読みました。",
            f"The code lists {names} are not beside the file; codes were left as they are.",
        )
        suggestion = Text("codelistsフォルダーごと読み込んでください。", "Read it together with its folder codelists.")
        problems.append(Problem(codes.CODES_UNKNOWN, "warning", message, suggestion))
    return Reading(source, features.tables(crs, first=_FIRST), tuple(problems))


def _members(opened: Opened) -> Iterator[Element]:
    """The envelope of the model and its objects, one by one."""
    for child in read_children(opened.path):
        if local_name(child) in ("cityObjectMember", "featureMember", "boundedBy"):
            yield from child


class _CodeLists:
    """Code lists beside a file: GML dictionaries, in a folder named codelists."""

    def __init__(self, path: Path) -> None:
        self._folder = path.resolve().parent
        self.missing: set[str] = set()
        self._of = lru_cache(maxsize=500)(self._read)

    def words(self, code_space: str, code: str) -> str | None:
        """What a code means; None where its list is not there or does not have it."""
        name = code_space.replace("\\", "/").rpartition("/")[2]
        return self._of(name).get(code)

    def _read(self, name: str) -> dict[str, str]:
        places = [self._folder, *self._folder.parents][:_LISTS_ABOVE]
        path = next((place / "codelists" / name for place in places if (place / "codelists" / name).is_file()), None)
        if not name.endswith(".xml") or path is None or path.stat().st_size > _MAX_LIST_BYTES:
            self.missing.add(name)
            return {}
        found: dict[str, str] = {}
        try:
            with path.open("rb") as file:
                for event, element in read_elements(file):
                    if event == "end" and local_name(element) == "Definition":
                        texts = {local_name(child): (child.text or "").strip() for child in element}
                        if texts.get("name"):
                            found[texts["name"]] = texts.get("description", "")
        except (ParseError, OSError):
            self.missing.add(name)
        return found


def _attributes(element: Element, lists: _CodeLists) -> dict[str, str | None]:
    """The attributes of an object, those inside others by their own names."""
    values: dict[str, str | None] = {"gml_id": id_of(element.attrib)}
    for name, text, code_space in _leaves(element):
        shown = lists.words(code_space, text) if code_space else None
        for key, value in ((name, shown or text), (f"{name}_code", text if shown else None)):
            if value is not None:
                values[key] = f"{values[key]},{value}" if values.get(key) else value
    return values


def _leaves(element: Element) -> Iterator[tuple[str, str, str | None]]:
    """(name, text, code space) of everything below that holds a text and is no geometry and no part object."""
    for child in element:
        name = local_name(child)
        if name in ("boundedBy", "consistsOfBuildingPart", "interiorRoom", "outerBuildingInstallation"):
            continue
        if name.startswith("lod") or (len(child) and find_geometry(child) is not None and name != "address"):
            continue
        if child.get("name") and name.endswith("Attribute"):
            value = next((part for part in child if local_name(part) == "value"), None)
            if value is not None and (value.text or "").strip():
                yield child.get("name", name), (value.text or "").strip(), value.get("codeSpace")
        elif len(child):
            yield from _leaves(child)
        elif (child.text or "").strip():
            yield name, (child.text or "").strip(), child.get("codeSpace")


def _footprint(element: Element, reader: GmlReader) -> BaseGeometry | None:
    found: dict[str, Element] = {}
    for part in element.iter():
        name = local_name(part)
        if name.startswith("lod") and len(part) and name not in found:
            found[name] = part
    order = [name for name in _PREFERRED if name in found] + sorted(set(found) - set(_PREFERRED))
    for name in order:
        place = find_geometry(found[name])
        geometry = None if place is None else reader.geometry(place)
        if geometry is not None:
            return _from_above(geometry)
    place = find_geometry(element)
    geometry = None if place is None else reader.geometry(place)
    return None if geometry is None else _from_above(geometry)


def _from_above(geometry: BaseGeometry) -> BaseGeometry | None:
    if not isinstance(geometry, (shapely.Polygon, shapely.MultiPolygon)):
        return geometry
    faces = shapely.get_parts(geometry)
    faces = faces[shapely.area(faces) > 0]
    if not len(faces):
        return None
    if len(faces) == 1:
        return faces[0]  # type: ignore[no-any-return]
    merged = shapely.union_all(shapely.make_valid(faces))
    areas = [part for part in shapely.get_parts(merged) if isinstance(part, shapely.Polygon)]
    return areas[0] if len(areas) == 1 else shapely.MultiPolygon(areas)


DRIVER = Driver("citygml", (".gml", ".xml"), accepts, read)
