"""A small gazetteer in the form of a GeoNames dump, with facts about real places."""

from pathlib import Path

PLACES = (
    # id, name, other names, latitude, longitude, class, code, country, admin1, admin2, people
    (1149361, "Islamic Republic of Afghanistan", "Afghanistan,AF", 33.0, 66.0, "A", "PCLI", "AF", "00", "", 37172386),
    (1138958, "Kabul", "Caboul,Kaboul", 34.52813, 69.17233, "P", "PPLC", "AF", "13", "", 3043532),
    (1140025, "Helmand Province", "Helmand,Hilmand", 31.0, 64.0, "A", "ADM1", "AF", "10", "", 1446230),
    (7053251, "Nahr-e Saraj", "Gereshk", 31.9, 64.6, "A", "ADM2", "AF", "10", "1005", 114200),
    (1140043, "Gereshk", "Girishk,Gerešk", 31.82089, 64.57005, "P", "PPL", "AF", "10", "1005", 48546),
    (1148106, "Baghlan Province", "Baghlan", 36.0, 69.0, "A", "ADM1", "AF", "03", "", 910784),
    (1138335, "Kandahar Province", "Kandahar", 31.0, 65.75, "A", "ADM1", "AF", "23", "", 1226593),
    (1138336, "Kandahar", "Qandahar", 31.61332, 65.71013, "P", "PPLA", "AF", "23", "2301", 391190),
    (2453866, "Republic of Mali", "Mali", 18.0, -2.0, "A", "PCLI", "ML", "00", "", 19077690),
    (2457161, "Gao Region", "Gao", 18.0, 1.0, "A", "ADM1", "ML", "09", "", 544120),
    (2457163, "Gao", "", 16.27167, -0.04472, "P", "PPLA", "ML", "09", "900", 87000),
    (2363148, "Santiago", "", 13.13, -16.4, "P", "PPL", "GM", "05", "", 300),
    (3871336, "Santiago", "Santiago de Chile", -33.45694, -70.64827, "P", "PPLC", "CL", "12", "131", 4837295),
    (3492914, "Santiago de los Caballeros", "Santiago", 19.4517, -70.69703, "P", "PPLA", "DO", "25", "01", 1200000),
    (3895114, "Republic of Chile", "Chile", -30.0, -71.0, "A", "PCLI", "CL", "00", "", 18729160),
    (2381334, "Dominican Republic", "", 19.0, -70.66667, "A", "PCLI", "DO", "00", "", 10627165),
    (2363684, "Gulf of Guinea", "", 2.5, 3.0, "H", "GULF", "", "00", "", 0),
    (1133616, "Kunduz River", "", 37.0, 68.3, "H", "STM", "AF", "24", "", 0),
)


def line(place: tuple[object, ...]) -> str:
    number, name, others, latitude, longitude, feature, code, country, admin1, admin2, people = place
    cells = [number, name, name, others, latitude, longitude, feature, code, country, "", admin1, admin2, "", ""]
    return "\t".join(map(str, [*cells, people, "", "", "Asia/Kabul", "2024-01-01"]))


def write_gazetteer(folder: Path) -> Path:
    """The dump with the files of the levels beside it."""
    folder.mkdir(parents=True, exist_ok=True)
    dump = folder / "places.txt"
    dump.write_text("".join(line(place) + "\n" for place in PLACES), encoding="utf-8")
    levels = "AF.10\tHelmand\tHelmand\t1140025\nML.09\tGao\tGao\t2457161\n"
    (folder / "admin1CodesASCII.txt").write_text(levels, encoding="utf-8")
    countries = "# ISO\tISO3\tnumeric\tfips\tCountry\nAF\tAFG\t004\tAF\tAfghanistan\nML\tMLI\t466\tML\tMali\n"
    (folder / "countryInfo.txt").write_text(countries, encoding="utf-8")
    return dump
