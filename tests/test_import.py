"""The verb `import`, from a sheet to files that pass the check."""

from __future__ import annotations

import csv
import hashlib
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from ccn_graph import Graph, check
from ccn_graph.cli.main import main
from ccn_graph.errors import CcnError
from ccn_graph.graph.project import Project
from ccn_graph.sheets import plan, write_files
from ccn_graph.sheets.kinds import KINDS
from tests.conftest import ROOT, TODAY

DOCUMENT = "example-2026-01-01"


class Door:
    """A data directory, and a way to put sheets through the door."""

    def __init__(self, data: Path) -> None:
        self.data, self.sheet = data, data.parent / "sheet.csv"

    def __call__(self, kind: str, text: str, *arguments: str, document: str = DOCUMENT) -> Result:
        self.sheet.write_text(text, encoding="utf-8")
        named = ["--document", document] if document and KINDS[kind].column("document") else []
        return self.run(str(self.sheet), "--as", kind, *named, *arguments)

    def run(self, *arguments: str) -> Result:
        places = ["--root", str(ROOT), "--data-dir", str(self.data)]
        result = CliRunner().invoke(main, ["import", "--lang", "en", *places, *arguments])
        if result.exception and not isinstance(result.exception, SystemExit):
            raise result.exception
        return result

    def found(self, result: Result) -> list[tuple[int, str]]:
        """Give row and rule of each finding."""
        lines = [line.removeprefix(f"{self.sheet}:") for line in result.stdout.splitlines()]
        return [(int(line.partition(":")[0]), line.rpartition("(")[2].rstrip(")")) for line in lines]

    def text(self, name: str = f"documents/{DOCUMENT}.ttl") -> str:
        return (self.data / name).read_text(encoding="utf-8")

    def state(self) -> dict[str, str]:
        return {
            str(path): hashlib.sha256(path.read_bytes()).hexdigest() for path in self.data.rglob("*") if path.is_file()
        }


@pytest.fixture
def door(lists: Path) -> Door:
    return Door(lists)


def added(door: Door, before: str, name: str = f"documents/{DOCUMENT}.ttl") -> str:
    """Give what an import added to the end of a file."""
    after = door.text(name)
    assert after.startswith(before)
    return after[len(before) :].lstrip("\n")


MEMBERS = """\
会員,国,加盟先,分野,始まり,終わり,役割,注記 (日本語),注記 (英語),箇所
例丘,,例都市ネットワーク,デザイン、音楽,平成25年4月,,,途中から。,Later.,"表, l. 3"
León,MX,Example City Network,Design,2010,2014-06,Coordinator,,,"表, l. 4"
León,MX,Example City Network,Design,2016,,,,,"表, l. 5"
"""


def test_a_list_of_members_becomes_records_in_the_house_format(door: Door) -> None:
    before = door.text()
    result = door("memberships", MEMBERS)
    assert (result.exit_code, result.stdout) == (0, "")
    assert added(door, before) == """\
member:example-example-oka a ccn:Membership ;
    org:member city:example-oka ;
    org:organization net:example ;
    ccn:field field:design, field:music ;
    ccn:start "2013-04"^^xsd:gYearMonth ;
    ccn:note "途中から。"@ja, "Later."@en ;
    ccn:locator "表, l. 3" .

member:example-leon-mx a ccn:Membership ;
    org:member city:leon-mx ;
    org:organization net:example ;
    org:role role:coordinator ;
    ccn:field field:design ;
    ccn:start "2010"^^xsd:gYear ;
    ccn:end "2014-06"^^xsd:gYearMonth ;
    ccn:locator "表, l. 4" .

member:example-leon-mx-2 a ccn:Membership ;
    org:member city:leon-mx ;
    org:organization net:example ;
    ccn:field field:design ;
    ccn:start "2016"^^xsd:gYear ;
    ccn:locator "表, l. 5" .
"""  # fmt: skip


def test_the_same_sheet_twice_changes_nothing(door: Door) -> None:
    assert door("memberships", MEMBERS).exit_code == 0
    state = door.state()
    result = door("memberships", MEMBERS)
    assert (result.exit_code, result.stdout, door.state()) == (0, "", state)
    assert "nothing to change" in result.stderr


def test_what_was_imported_passes_the_check(door: Door) -> None:
    door("memberships", MEMBERS)
    findings = check(Graph.load(Project(ROOT, door.data)), today=TODAY)
    assert [found.render("en") for found in findings if found.path.parent.name == "documents"] == []


def test_every_fault_is_told_with_its_row_and_nothing_is_written(door: Door) -> None:
    state = door.state()
    result = door(
        "memberships",
        "member,country,network joined,start,locator\n"
        "León,,例都市ネットワーク,2015,x1\n"
        "\n"
        "Example Hil,,例都市ネットワーク,2015,x2\n"
        "例丘,,例都市ネットワーク,平成25年13月,x3\n"
        "例丘,Atlantis,例都市ネットワーク,2015,x4\n"
        "例丘,,,2015,x5\n"
        "例丘,,例都市ネットワーク,2015,x6,surplus\n"
        "例丘,,例都市ネットワーク,#REF!,x7\n",
    )
    assert door.found(result) == [
        (2, "ambiguous"), (4, "unknown"), (5, "date"), (6, "unknown"), (7, "missing"), (8, "cell"), (9, "cell"),
    ]  # fmt: skip
    assert "perhaps 例丘 / Example Hill (city:example-oka)" in result.stdout
    assert (result.exit_code, door.state()) == (1, state)


def test_faults_are_told_in_japanese(door: Door) -> None:
    result = door("memberships", "会員,加盟先\n架空市,例都市ネットワーク\n", "--lang", "ja")
    assert f"{door.sheet}:2:1: 違反: 会員: この名前のものは登録にない" in result.stdout
    assert "何も書かなかった" in result.stderr


def test_shapes_and_rules_see_the_result_and_speak_of_rows(door: Door) -> None:
    state = door.state()
    rows = "例丘,net:example,2015,2010\nLeon (Mexico),net:example,2015,\n"
    result = door("memberships", f"member,organization,start,end\n{rows}")
    assert (2, "locator") in door.found(result)
    assert (3, "locator") in door.found(result)
    assert (2, "end-before-start") in door.found(result)
    assert (result.exit_code, door.state()) == (1, state)


def test_a_formula_in_a_text_file_is_never_data(door: Door) -> None:
    state = door.state()
    result = door("memberships", 'member,organization,start,locator\n例丘,net:example,2015,"=""l. ""&10"\n')
    assert door.found(result) == [(2, "formula")]
    assert (result.exit_code, door.state()) == (1, state)


def test_a_row_that_contradicts_the_file_names_both_places(door: Door) -> None:
    line = door.text().split("\n").index('    ccn:start "2015"^^xsd:gYear ;') + 1
    result = door("memberships", "member,organization,start,locator\n例港市,net:example,2016,x\n")
    assert door.found(result) == [(2, "contradiction")]
    assert f"documents/{DOCUMENT}.ttl:{line} says '2015'" in result.stdout


def test_a_record_keeps_its_class(door: Door) -> None:
    head = "id,class,concerns,locator"
    result = door("acts", f"{head}\nexample-founding,Suspension,net:example,p. 1\nx,設立,net:example,p. 1\n")
    assert door.found(result) == [(2, "contradiction"), (3, "founding-twice")]
    result = door("acts", f"{head}\nx,設立,net:example,p. 1\nx,Review,net:example,p. 1\n")
    assert door.found(result) == [(2, "founding-twice"), (3, "contradiction")]
    result = door("bodies", "id,purpose (Japanese),purpose (English),locator\nexample-section,見る。,To see.,p. 1\n")
    assert (result.exit_code, "body:example-section a ccn:NetworkBody ;" in door.text()) == (0, True)


def test_rows_that_contradict_each_other_name_both(door: Door) -> None:
    rows = "例都市ネットワーク,Member cities,8,2020,x\nnet:example,member-cities,9,2020,x\n"
    result = door("observations", f"about,measure,value,asOf,locator\n{rows}")
    assert door.found(result) == [(2, "stated-size-differs"), (2, "locator"), (3, "contradiction")]
    assert "row 2 says '8'" in result.stdout


def test_an_event_and_its_participants_are_one_record(door: Door) -> None:
    before = door.text()
    events = (
        "short name,series of the event,ordinal,name (Japanese),name (English),host,venue,kind,start,participant,"
        "held with,part of,locator\n"
        ",例会議,第10回,,,例港市,例会館,会議,令和6年5月10日,例丘;例港市,x-side,,p. 1\n"
        "x-side,,,脇,Side,,,,2024-05-10,,,第10回 例会議,p. 2\n"
    )
    assert door("events", events).exit_code == 0
    people = (
        "event,participant,country,locator\n例会議 no. 10,León,ES,p. 3\nx-side,例丘,,p. 2\n第10回例会議,León,MX,p. 1\n"
    )
    result = door("participants", people)
    assert (result.exit_code, result.stdout) == (0, "")
    assert added(door, before) == """\
event:example-meeting-10 a ccn:Event ;
    ccn:editionOf series:example-meeting ;
    ccn:ordinal 10 ;
    ccn:heldWith event:x-side ;
    ccn:kind kind:conference ;
    ccn:host city:example-minato ;
    ccn:venue place:example-hall ;
    ccn:participant city:example-oka, city:example-minato ;
    ccn:participant city:leon, city:leon-mx ;
    ccn:start "2024-05-10"^^xsd:date ;
    ccn:locator "p. 1; p. 3" .

event:x-side a ccn:Event ;
    skos:prefLabel "脇"@ja, "Side"@en ;
    ccn:partOf event:example-meeting-10 ;
    ccn:participant city:example-oka ;
    ccn:start "2024-05-10"^^xsd:date ;
    ccn:locator "p. 2" .
"""  # fmt: skip
    state = door.state()
    assert door("participants", people).exit_code == door("events", events).exit_code == 0
    assert door.state() == state


def test_an_event_without_ordinal_needs_a_short_name(door: Door) -> None:
    result = door("events", "name (Japanese),name (English),start,locator\n脇,Side Event,2024,p. 1\n")
    assert door.found(result) == [(2, "id")]
    assert "side-event" in result.stdout


def test_cities_go_into_the_register_in_order_and_homonyms_take_their_country(door: Door) -> None:
    cities = (
        "name (Japanese),name (English),country,prefecture,GeoNames id,latitude,longitude,municipal code,kind\n"
        "中央,Chuo,,例県,,,,,市区町村\n"
        "コルドバ,Córdoba,ES,,2519240,37.88,-4.78,,\n"
        "コルドバ(メキシコ),Córdoba (Mexico),MX,,3530240,18.88,-96.92,,\n"
        "レオン,León,ES,,3118532,42.6,-5.57,,\n"
    )
    result = door("cities", cities)
    assert (result.exit_code, door.found(result)) == (0, [(2, "code-or-reading-missing")] * 2)
    text = door.text("registers/city.ttl")
    subjects = [line.split()[0] for line in text.splitlines() if line.startswith(("city:", "name:"))]
    assert subjects == [
        "city:chuo", "city:cordoba", "city:cordoba-mx", "city:example-minato", "city:example-oka", "city:leon",
        "city:leon-mx", "name:example-machi",
    ]  # fmt: skip
    assert "    ccn:within place:spain ;\n    wgs:lat 42.6 ;\n    wgs:long -5.57 ;\n" in text
    assert "city:chuo a ccn:City ;" in text and "ccn:within place:example-ken ." in text
    state = door.state()
    assert door("cities", cities).exit_code == 0
    assert door.state() == state


def test_a_register_is_not_contradicted(door: Door) -> None:
    result = door("cities", "id,name (English),latitude,longitude\nexample-minato,Example Port,34.5,136\n")
    assert door.found(result) == [(2, "contradiction")]
    assert "longitude: " in result.stdout


def test_rows_may_name_what_other_rows_add(door: Door) -> None:
    places = "class,name (Japanese),name (English),country,country code\n場所,例広場,Square,XB,\n国,例島国,Isle,,XB\n"
    assert door("places", places).exit_code == 0
    assert "ccn:within place:isle ." in door.text("registers/place.ttl")
    bodies = "class,name (Japanese),name (English),parent organization\n,例係,Desk,例課\n,例課,Division,例事務所\n"
    assert door("bodies", bodies).exit_code == 0
    assert "org:subOrganizationOf body:division ." in door.text("registers/body.ttl")


def test_a_coordinate_of_fewer_digits_is_no_contradiction(door: Door) -> None:
    text = "id,name (English),latitude,longitude\nexample-minato,Example Port,{},135.5\n"
    assert door("cities", text.format("34.504")).exit_code == 0
    assert "34.504" not in door.text("registers/city.ttl")
    assert door("cities", text.format("34.6")).exit_code == 1


NAMES = "name (Japanese),name (English)"
CLAIMS = f"documents/{DOCUMENT}.ttl"
SERIES = f"{NAMES},network,purpose (Japanese),purpose (English),locator\n例祭,Fair,net:example,見せる。,To show.,p. 1\n"
#: Kind, sheet, file, and what must stand in it then.
SHEETS = [
    (
        "places", f"class,{NAMES},country code\n国,例島国,Isle,XB\n", "registers/place.ttl",
        'place:isle a ccn:Country ;\n    skos:prefLabel "例島国"@ja, "Isle"@en ;\n    skos:notation "XB" .',
    ),
    (
        "places", f"class,{NAMES},country\n場所,例広場,Square,XA\n", "registers/place.ttl",
        'place:square a ccn:Place ;\n    skos:prefLabel "例広場"@ja, "Square"@en ;\n'
        "    ccn:within place:example-land .",
    ),
    (
        "bodies", f"class,{NAMES},parent organization\nNetwork body,例分科会,Group,例都市ネットワーク\n",
        "registers/body.ttl", "body:group a ccn:NetworkBody ;",
    ),
    ("series", SERIES, "registers/series.ttl", "    ccn:network net:example ."),
    (
        "series", SERIES, CLAIMS,
        'series:fair a ccn:EventSeries ;\n    ccn:purpose "見せる。"@ja, "To show."@en ;\n    ccn:locator "p. 1" .',
    ),
    (
        "programmes", f"{NAMES},operator,start,locator\n例事業,Scheme,例事務所,R3,p. 1\n", CLAIMS,
        'ccn:operator body:example-office ;\n    ccn:start "2021"^^xsd:gYear ;',
    ),
    (
        "networks", f"{NAMES},other name (English)\n例網,Web,WEB\n", "registers/network.ttl",
        'net:web a ccn:Network ;\n    skos:prefLabel "例網"@ja, "Web"@en ;\n    skos:altLabel "WEB"@en .',
    ),
    ("persons", f"{NAMES}\n例 太郎,EXAMPLE Taro\n", "registers/person.ttl", "person:example-taro a ccn:Person ;"),
    (
        "acts", "class,what the act concerns,by,date,locator\n設立,例地方,例事務所,2001-02,p. 9\n", CLAIMS,
        "act:example-region-founding a ccn:Founding ;",
    ),
    (
        "appearances",
        "event,person,role,affiliation,capacity (Japanese),locator\n例会議 2,例花子,登壇者,例事務所,所長,p. 8\n",
        CLAIMS, "event:example-meeting-2-example-hanako a ccn:Appearance ;",
    ),
    (
        "offices", "務める者,officeIn,role,asOf,locator\n例丘,net:example,議長,2020,p. 3\n", CLAIMS,
        "office:example-example-oka-chair a ccn:Office ;\n    ccn:holder city:example-oka ;",
    ),
    (
        "non-memberships", "nonMember,about,asOf,locator\n例丘,net:example,2020,p. 3\n", CLAIMS,
        "member:example-example-oka-not a ccn:NonMembership ;\n    ccn:nonMember city:example-oka ;",
    ),
    (
        "participations", "event,party,mode,locator\n例会議 2,例丘,オンライン,p. 3\n", CLAIMS,
        "event:example-meeting-2-example-oka a ccn:Participation ;",
    ),
    (
        "memberships", "member,organization,start,locator\n例丘,net:example,平成27年度,p. 3\n", CLAIMS,
        '    ccn:start "2015-04/2016-03"^^edtf:EDTF ;\n    ccn:datePrinted "平成27年度"@ja ;',
    ),
    (
        "memberships", "member,organization,knownBy,locator\n例丘,net:example,2026-01-01,p. 3\n", CLAIMS,
        '    ccn:knownBy "2026-01-01"^^xsd:date ;',
    ),
    (
        "cities", f"{NAMES},country,other name (other language)\nウィーン,Vienna,XA,Wien@de;Bécs@hu\n",
        "registers/city.ttl", 'skos:altLabel "Wien"@de, "Bécs"@hu ;',
    ),
    (
        "observations", "about,measure,value,valueTo,as of,locator\nnet:example,加盟都市数,12.5,20,2025,p. 7\n", CLAIMS,
        "    ccn:value 12.5 ;\n    ccn:valueTo 20 ;",
    ),
    (
        "observations", "about,measure,value,as of,approximate,locator\nnet:example,加盟都市数,408,R7.10.31,○,p. 7\n",
        CLAIMS, "obs:example-member-cities-2025-10-31 a ccn:Observation ;",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "text", "name", "wanted"), SHEETS)
def test_every_kind_of_sheet_writes_its_records(door: Door, kind: str, text: str, name: str, wanted: str) -> None:
    result = door(kind, text)
    assert result.exit_code == 0, result.output
    assert wanted in door.text(name)
    state = door.state()
    assert door(kind, text).exit_code == 0
    assert door.state() == state


def test_a_document_gets_a_file_and_then_its_members_by_a_column(door: Door) -> None:
    documents = (
        "短い名前,文書の題名 (日本語),発行者,発行日,文書の言語,文書のアドレス,閲覧日,howRead\n"
        "list-2020,名簿,例事務所,2020,ja,https://example.org/l,2026-01-05,in-full\n"
    )
    said = "例丘,net:example,2019,p. 1\n"
    members = f"document,member,organization,start,locator\nlist-2020;{DOCUMENT},{said}none,{said}"
    assert door("memberships", members, document="").exit_code == 1
    assert door("documents", documents).exit_code == 0
    result = door("memberships", members, document="")
    assert door.found(result)[-1] == (3, "document")
    assert door("memberships", members.rpartition("none")[0], document="").exit_code == 0
    assert door.text("documents/list-2020.ttl").startswith("@prefix ccn:")
    for name in ("list-2020", DOCUMENT):
        assert "member:example-example-oka a ccn:Membership ;" in door.text(f"documents/{name}.ttl")


def test_rows_without_a_document_are_refused(door: Door) -> None:
    text = "member,organization,start,locator\n例丘,net:example,2019,p. 1\n"
    assert door.found(door("memberships", text, document="")) == [(2, "document")]
    assert door.found(door("memberships", text, document="../../etc")) == [(1, "unknown")]
    assert door.found(door("memberships", text, document="unwritten")) == [(1, "document")]


def test_an_identifier_and_a_name_must_agree(door: Door) -> None:
    head = "member,GeoNames id,organization,start,locator\n"
    result = door("memberships", f"{head}León,3118532,net:example,2019,p. 1\n,3998655,net:example,2019,p. 1\n")
    assert result.exit_code == 0
    assert "city:leon ;" in door.text()
    assert "city:leon-mx ;" in door.text()
    for wrong in ("例丘,3998655", "León (Mexico),3118532", "León (Mexico),1"):
        assert door.found(door("memberships", f"{head}{wrong},net:example,2019,p. 1\n")) == [(2, "contradiction")]


def test_headings_are_checked_first(door: Door) -> None:
    assert door.found(door("memberships", "member,organisation\nx,y\n")) == [(1, "heading")]
    assert door.found(door("memberships", "member\nx\n")) == [(1, "missing")]
    assert door.found(door("memberships", "member,member,organization\nx,x,y\n")) == [(1, "heading")]


def test_a_sheet_without_rows_writes_nothing_and_is_told_of(door: Door) -> None:
    result = door("memberships", "member,organization\n")
    assert (result.exit_code, door.found(result)) == (0, [(1, "sheet")])


def test_what_is_no_sheet_could_not_run(door: Door) -> None:
    result = door.run(str(door.data / "none.csv"), "--as", "cities")
    assert result.exit_code == 2
    assert "none.csv:1: violation: cannot be read" in result.stdout


@pytest.mark.parametrize(
    "arguments",
    [["--as", "cities"], ["--template"], ["x.csv", "--as", "x"], ["x.csv", "--to", "y.csv"],
     ["x.csv", "--as", "cities", "--document", "a"],
     ["x.csv", "--as", "cities", "--template"]],
)  # fmt: skip
def test_a_command_that_makes_no_sense_is_a_usage_error(door: Door, arguments: list[str]) -> None:
    assert door.run(*arguments).exit_code == 2


@pytest.mark.parametrize("language", ["ja", "en"])
def test_the_template_can_be_filled_and_imported(door: Door, language: str) -> None:
    result = door.run("--as", "memberships", "--template", "--lang", language)
    assert result.stdout.startswith("\ufeff")
    header, _guide = csv.reader(result.stdout.removeprefix("\ufeff").splitlines())
    filled = dict.fromkeys(header, "") | {
        header[2]: "例丘",
        header[7]: "net:example",
        header[10]: "2015",
        header[-1]: "p. 1",
    }
    assert door("memberships", result.stdout + ",".join(filled.values()) + "\n").exit_code == 0
    assert "member:example-example-oka a ccn:Membership ;" in door.text()


def test_a_dry_run_shows_the_lines_and_writes_nothing(door: Door) -> None:
    state = door.state()
    result = door("memberships", MEMBERS, "--dry-run")
    assert (result.exit_code, door.state()) == (0, state)
    assert "+member:example-leon-mx-2 a ccn:Membership ;" in result.stdout


def test_the_files_can_go_elsewhere_for_review(door: Door, tmp_path: Path) -> None:
    state = door.state()
    assert door("memberships", MEMBERS, "--out", str(tmp_path / "review")).exit_code == 0
    assert door.state() == state
    assert (tmp_path / "review" / "documents" / f"{DOCUMENT}.ttl").read_text(encoding="utf-8").startswith(door.text())


def test_an_old_violation_elsewhere_is_not_held_against_a_sheet_but_a_new_one_is(door: Door) -> None:
    body = door.data / "registers" / "body.ttl"
    body.write_text(door.text("registers/body.ttl").replace("kind:office", "kind:ofice"), encoding="utf-8")
    result = door("memberships", MEMBERS)
    assert (result.exit_code, result.stdout) == (0, "")


def test_a_violation_that_a_sheet_causes_elsewhere_forbids_writing(door: Door) -> None:
    state = door.state()
    head = "short name,editionOf,ordinal,start,locator,name (Japanese),name (English)\n"
    result = door("events", f"{head}another-second,例会議,2,2025-05,p. 1,別,Another\n")
    assert ": violation: two editions of the series have this ordinal" in result.stdout
    assert f"{door.sheet}:2:3: violation: " in result.stdout
    assert f"documents/{DOCUMENT}.ttl:" in result.stdout
    assert (result.exit_code, door.state()) == (1, state)


def test_data_that_cannot_be_read_are_mended_first(door: Door) -> None:
    (door.data / "documents" / "broken.ttl").write_text("x", encoding="utf-8")
    assert door("memberships", MEMBERS).exit_code == 2


def planned(door: Door, text: str = MEMBERS) -> plan.Plan:
    door.sheet.write_text(text, encoding="utf-8")
    graph = Graph.load(Project(ROOT, door.data))
    return plan.prepare(graph, KINDS["memberships"], door.sheet, DOCUMENT)


def test_a_file_that_changed_meanwhile_is_not_written_over(door: Door) -> None:
    ready = planned(door)
    path = door.data / "documents" / f"{DOCUMENT}.ttl"
    path.write_text(path.read_text(encoding="utf-8") + "\n# Somebody else.\n", encoding="utf-8")
    state = door.state()
    with pytest.raises(CcnError, match="changed meanwhile"):
        write_files.write(ready.changes, door.data)
    assert door.state() == state


def test_a_disk_that_is_full_leaves_everything_as_it_was(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    ready, state = planned(door), door.state()

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(CcnError, match="No space left"):
        write_files.write(ready.changes, door.data)
    assert door.state() == state


def test_a_file_keeps_its_mode(door: Door) -> None:
    path = door.data / "documents" / f"{DOCUMENT}.ttl"
    path.chmod(0o640)
    write_files.write(planned(door).changes, door.data)
    assert path.stat().st_mode & 0o777 == 0o640


KILLED = """
import os, signal, sys
from pathlib import Path
from ccn_graph.cli.main import main
def killed(self, target):
    os.kill(os.getpid(), signal.SIGKILL)
Path.replace = killed
main(sys.argv[1:])
"""


def test_a_process_killed_while_writing_leaves_whole_files(door: Door) -> None:
    state = door.state()
    door.sheet.write_text(MEMBERS, encoding="utf-8")
    places = ["--root", str(ROOT), "--data-dir", str(door.data)]
    command = [sys.executable, "-c", KILLED, "import", str(door.sheet), "--as", "memberships", "--document", DOCUMENT]
    ended = subprocess.run([*command, *places], check=False, cwd=ROOT)
    assert ended.returncode == -signal.SIGKILL
    left = {path: digest for path, digest in door.state().items() if not path.endswith(".part")}
    assert left == state
    assert door("memberships", MEMBERS).exit_code == 0, "what is left over stands in nobody's way"


def test_many_faulty_rows_are_all_told_and_only_so_many_get_suggestions(door: Door) -> None:
    names = "".join(f"Example Hil {number},net:example,2015,p\n" for number in range(1_000))
    result = door("memberships", f"member,organization,start,locator\n{names}")
    assert len(door.found(result)) == 1_000
    assert 0 < result.stdout.count("perhaps") <= 500


def test_what_shapes_say_of_whole_rows_is_told_with_the_faults_of_cells(door: Door) -> None:
    state = door.state()
    result = door(
        "memberships",
        "member,organization,start,locator\n例丘,net:example,平成25年13月,x1\nLeon (Mexico),net:example,2015,\n",
    )
    assert door.found(result)[:2] == [(2, "date"), (3, "locator")]
    assert (result.exit_code, door.state()) == (1, state)


def test_what_rules_say_of_whole_rows_is_told_with_the_faults_of_cells(door: Door) -> None:
    result = door(
        "events",
        "id,prefLabel@ja,prefLabel@en,kind,start,end,locator\n"
        "one,甲,One,会議,2025-13,,x1\n"
        "two,乙,Two,会議,2025-05,2025-04,x2\n"  # end-before-start
        "three,丙,Three,会議,,2025-04,x3\n"  # end-without-start: nothing that row 2 could add
        "one,甲,One,,,2025-12,x4\n",  # may be the end of what row 2 begins
    )
    found = door.found(result)
    assert (2, "date") in found
    assert {(3, "end-before-start"), (4, "end-without-start")} <= set(found)
    assert (5, "end-without-start") not in found


def test_a_country_around_the_prefecture_on_record_is_no_contradiction(door: Door) -> None:
    head = "id,name (Japanese),name (English),prefecture,country\n"
    assert door("cities", f"{head}oldtown,旧町,Oldtown,例県,\n").exit_code == 0
    result = door("cities", f"{head}oldtown,旧町,Oldtown,,JP\n")
    assert (result.exit_code, "contradiction" in result.stdout) == (0, False)


def test_no_row_is_blamed_for_what_a_faulty_row_would_have_added(door: Door) -> None:
    result = door(
        "cities",
        "id,prefLabel@ja,prefLabel@en,country,lat\nnewtown,新町,Newtown,JP,north\noldtown,旧町,Oldtown,JP,35.0\n",
    )
    assert (2, "number") in door.found(result)
    assert {row for row, _ in door.found(result)} <= {2, 3}
