"""The project that `xlcalc excel server` writes, and the checks before it starts."""

import os
import re
import socket
import subprocess
import sys
import tomllib
import uuid
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.office_server import LICENSED
from tests.test_cli import xlcalc
from xlcalc.errors import DialectError, OutputError, UsageError
from xlcalc.hosts.server.descriptions import descriptions, number_formats
from xlcalc.hosts.server.help_pages import help_page, index_page
from xlcalc.hosts.server.identifiers import ENVIRONMENTS, manifest_id
from xlcalc.hosts.server.project import Wanted, project_files, write_project
from xlcalc.hosts.server.start import check_certificate, check_key, check_port
from xlcalc.office_values import FORMATTED_CELLS
from xlcalc.quantities import Choice
from xlcalc.registry import specs

IDS = {name: manifest_id("XLCALC", "https://localhost:8000", name) for name in ENVIRONMENTS}


@cache
def made():
    return project_files(Wanted(), IDS)


def settings(folder):
    text = (folder / "pyproject.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)["tool"]["xlwings_server"]


@pytest.mark.slow
def test_the_command_writes_a_project_and_says_the_licence(tmp_path):
    folder = tmp_path / "server"
    done = xlcalc("excel", "server", folder, "--namespace", "acme", "--url", "https://xl.acme.com")
    assert (0, "") == (done.returncode, done.stderr)
    assert f"wrote {folder}, 24 files\n" in done.stdout
    assert "free for noncommercial use (PolyForm Noncommercial 1.0.0); a company" in done.stdout
    own = settings(folder)
    assert ("ACME", "xl.acme.com", "prod") == (
        own["functions_namespace"],
        own["hostname"],
        own["environment"],
    )
    assert "=ACME.TRAIN_FLOPS(7E9,1.4E12)" in (folder / "README.md").read_text(encoding="utf-8")
    assert "PolyForm Noncommercial" in (folder / "README.md").read_text(encoding="utf-8")
    told = " ".join(xlcalc("excel", "server", "--help").stdout.split())
    assert "Licence: xlwings Server is free for noncommercial use (PolyForm Noncommercial" in told
    again = xlcalc("excel", "server", folder)
    refused = f"xlcalc: {folder} has files; give another folder, or replace them with --force\n"
    assert (2, refused) == (again.returncode, again.stderr)


@pytest.mark.parametrize(
    ("sentence", "options"),
    [
        ('a namespace is a letter, then letters and digits, got "A.B"', ("--namespace", "A.B")),
        ("the address must be as https://xl.example.com", ("--url", "http://xl.acme.com")),
        ("the address must be as https://xl.example.com", ("--url", 'https://a"b')),
        ('an id is a UUID, got "7"', ("--id", "7")),
        ("a name is at most 60 letters and digits", ("--name", "<x>")),
    ],
)
def test_what_cannot_be_a_setting_is_refused_in_a_sentence(sentence, options, tmp_path):
    done = xlcalc("excel", "server", tmp_path / "server", *options)
    assert (2, 1) == (done.returncode, done.stderr.count("\n"))
    assert sentence in done.stderr
    assert not (tmp_path / "server").exists()


def test_the_page_of_steps_explains_every_option():
    page = (ROOT / "docs/hosts/server.md").read_text(encoding="utf-8")
    told = xlcalc("excel", "server", "--help").stdout
    options = set(re.findall(r"^  (--\w+)", told, re.MULTILINE)) - {"--help"}
    assert options == set(re.findall(r"^\| `(--\w+)` ", page, re.MULTILINE))
    steps = page.partition("From nothing to a formula: 7 steps")[2].partition("\n## ")[0]
    assert 7 == len(re.findall(r"^\d\. ", steps, re.MULTILINE))
    assert "free for noncommercial use (PolyForm Noncommercial 1.0.0)" in page


def test_the_client_and_python_agree_on_how_many_cells_get_a_number_format():
    client = made()["static/js/values.js"].decode()
    assert f"const FORMATTED_CELLS = {FORMATTED_CELLS};" in client


def test_nothing_of_the_samples_of_xlwings_is_left():
    text = b"\n".join(data for name, data in made().items() if not name.endswith(".png"))
    assert not re.findall(rb"hello|[Bb]ye|MyGroup|your_license_key|@[A-Z]+@", text)
    assert {"custom_functions/functions.py", "custom_scripts/scripts.py"}.isdisjoint(made())
    assert b"XLWINGS_LICENSE_KEY=\n" in made()[".env"]


def test_every_file_but_the_secrets_is_the_same_each_time():
    again = project_files(Wanted(), IDS)
    assert list(made()) == list(again)
    assert [".env"] == [name for name, data in made().items() if data != again[name]]


def test_an_id_is_stable_and_of_the_version_that_xlwings_server_takes():
    assert "b8dc8425-f8d3-46ac-b5e6-ef778842cd17" == IDS["prod"]
    assert {4} == {uuid.UUID(identity).version for identity in IDS.values()}
    others = [manifest_id("ACME", "https://localhost:8000", "prod")]
    others += [manifest_id("XLCALC", "https://xl.acme.com", "prod")]
    assert 7 == len({*IDS.values(), *others})


def test_the_key_and_the_ids_of_a_project_stay_when_it_is_written_again(tmp_path):
    known = "11111111-1111-4111-8111-111111111111"
    write_project(tmp_path, Wanted(identity=known))
    (tmp_path / ".env").write_text("XLWINGS_LICENSE_KEY=mine\n", encoding="utf-8")
    (tmp_path / "notes.txt").write_text("ours", encoding="utf-8")
    (tmp_path / "main.py").write_text("broken", encoding="utf-8")
    with pytest.raises(OutputError, match="has files"):
        write_project(tmp_path, Wanted())
    written = write_project(tmp_path, Wanted(url="https://xl.acme.com"), force=True)
    assert tmp_path / "main.py" in written
    assert tmp_path / ".env" not in written
    assert "XLWINGS_LICENSE_KEY=mine\n" == (tmp_path / ".env").read_text(encoding="utf-8")
    assert "ours" == (tmp_path / "notes.txt").read_text(encoding="utf-8")
    assert known == settings(tmp_path)["manifest_id_prod"]
    assert IDS["dev"] == settings(tmp_path)["manifest_id_dev"]
    assert "xl.acme.com" == settings(tmp_path)["hostname"]
    (tmp_path / "pyproject.toml").write_text("not toml", encoding="utf-8")
    with pytest.raises(UsageError, match="is not a TOML file"):
        write_project(tmp_path, Wanted(), force=True)


def test_a_namespace_is_checked_before_anything_is_written():
    with pytest.raises(DialectError, match="letters and digits"):
        Wanted(namespace="")


def test_the_image_copies_what_the_project_has_and_asks_for_its_health():
    image = made()["Dockerfile"].decode()
    assert {"requirements.txt", "wheels*", "."} == set(
        " ".join(re.findall(r"^COPY (.*) \S+$", image, re.MULTILINE)).split()
    )
    assert "http://127.0.0.1:8000/health" in image
    assert "--http" in image
    assert {".env", "certs", "*.pem"} <= set(made()[".dockerignore"].decode().split())
    own = project_files(Wanted(url="https://acme.com/xl"), IDS)
    assert b"http://127.0.0.1:8000/xl/health" in own["Dockerfile"]
    assert b'app_path = "/xl"\nstatic_url_path = "/xl/static"' in own["pyproject.toml"]


def start(folder, *arguments, key="noncommercial"):
    done = subprocess.run(
        [sys.executable, "main.py", *arguments],
        cwd=folder,
        env=os.environ | LICENSED | {"XLWINGS_LICENSE_KEY": key},
        capture_output=True,
        text=True,
        timeout=60,
    )
    return done.returncode, done.stderr


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    folder = tmp_path_factory.mktemp("project")
    write_project(folder, Wanted())
    return folder


def test_a_server_without_key_or_certificate_says_so_and_does_not_start(project):
    for key in ("", "your_license_key"):
        status, said = start(project, key=key)
        assert (2, 1) == (status, said.count("\n"))
        assert said.startswith("xlcalc server: XLWINGS_LICENSE_KEY is not filled in: write your ")
    status, said = start(project)
    assert (2, 1) == (status, said.count("\n"))
    assert "localhost+2.pem is missing: Excel loads add-ins over https alone" in said


@pytest.mark.slow
def test_a_server_with_a_wrong_key_says_so_and_does_not_start(project):
    status, said = start(project, "--http", "--port", "0", key="abcdefghijk")
    assert (2, 1) == (status, said.count("\n"))
    assert "the key in XLWINGS_LICENSE_KEY is no good: Invalid xlwings license key" in said


def test_a_server_whose_port_is_in_use_says_so_and_does_not_start(project):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        status, said = start(project, "--http", "--port", str(port))
    assert (2, 1) == (status, said.count("\n"))
    assert f"xlcalc server: port {port} of 127.0.0.1 cannot be had" in said
    with pytest.raises(UsageError, match="port 99999"):
        check_port("127.0.0.1", 99999)


def test_a_key_is_read_from_the_environment_or_from_the_file_of_secrets(tmp_path):
    check_key(tmp_path, {"XLWINGS_LICENSE_KEY": "k"})
    with pytest.raises(UsageError, match="not filled in"):
        check_key(tmp_path, {})
    for line in ("XLWINGS_LICENSE_KEY=k", 'XLWINGS_LICENSE_KEY = "k"'):
        (tmp_path / ".env").write_text(f"# XLWINGS_LICENSE_KEY=no\n{line}\n", encoding="utf-8")
        check_key(tmp_path, {})
    (tmp_path / ".env").write_text("# XLWINGS_LICENSE_KEY=k\n", encoding="utf-8")
    with pytest.raises(UsageError, match="not filled in"):
        check_key(tmp_path, {})


def write_certificate(folder: Path) -> tuple[Path, Path]:
    """Write a certificate of localhost that signs itself, and its private key."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    folder.mkdir()
    pem = serialization.Encoding.PEM
    (folder / "cert.pem").write_bytes(certificate.public_bytes(pem))
    plain = serialization.NoEncryption()
    (folder / "key.pem").write_bytes(
        key.private_bytes(pem, serialization.PrivateFormat.PKCS8, plain)
    )
    return folder / "cert.pem", folder / "key.pem"


def test_a_certificate_is_taken_with_its_own_key_alone(tmp_path):
    certificate, key = write_certificate(tmp_path / "one")
    assert {"ssl_certfile": str(certificate), "ssl_keyfile": str(key)} == check_certificate(
        certificate, key
    )
    _, other = write_certificate(tmp_path / "two")
    with pytest.raises(UsageError, match="are no certificate with its key"):
        check_certificate(certificate, other)
    with pytest.raises(UsageError, match="is missing"):
        check_certificate(certificate, tmp_path / "none.pem")


def test_every_function_and_argument_is_described_from_the_registry():
    found = {one["name"]: one for one in descriptions()}
    assert {spec.name for spec in specs()} | {"GPU", "MODEL", "PRICE"} == set(found)
    for spec in specs():
        one = found[spec.name]
        assert (spec.returns.unit, spec.summary) == (one["unit"], one["summary"])
        assert [a.name for a in spec.arguments] == [a["name"] for a in one["arguments"]]
        assert one["source"]
        assert one["errors"]
    example = found["TRAIN_FLOPS"]["arguments"][0]
    assert ("175E9", "above 0 parameters") == (example["example"], example["bounds"])
    assert found["TRAIN_FLOPS"]["details"].startswith("One multiply-add is 2 FLOP;")
    assert "0.00E+00" == number_formats()["TRAIN_FLOPS"]
    assert "GPU_SPEC" not in number_formats()


def test_every_choice_has_a_note():
    kinds = {a.kind for spec in specs() for a in spec.arguments if isinstance(a.kind, Choice)}
    for kind in kinds:
        assert len(kind.options) == len(kind.notes)
        assert all(kind.notes)
    with pytest.raises(ValueError, match="2 options have 1 notes"):
        Choice(("a", "b"), ("one",))


def test_a_page_of_help_shows_units_bounds_choices_and_errors():
    found = {one["name"]: one for one in descriptions()}
    page = help_page(found["RENTAL_PRICE"], "ACME")
    assert "<h1>ACME.RENTAL_PRICE</h1>" in page
    assert "<code>=ACME.RENTAL_PRICE(&quot;H100 SXM5 80GB&quot;)</code>" in page
    assert "By the hour, while nobody bids more" in page
    assert "#N/A" in page
    assert "&lt;b&gt;" in help_page(found["FX"] | {"source": "<b>"}, "ACME")
    assert 110 == index_page(descriptions(), "ACME").count('<a href="help/')
