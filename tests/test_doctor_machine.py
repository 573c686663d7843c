"""What `xlcalc excel doctor` finds on machines, each a prepared folder."""

import json
import plistlib
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from tests.marks import needs_libreoffice
from xlcalc.cli.excel.doctor import doctor
from xlcalc.hosts.doctor.add_in import find_add_in, key_state, read_settings
from xlcalc.hosts.doctor.machine import Machine, look_at_python
from xlcalc.hosts.doctor.programs import find_excel, find_libreoffice
from xlcalc.hosts.doctor.report import look_at, machine_data, machine_lines
from xlcalc.hosts.doctor.server_project import find_server

CLICK_TO_RUN = r"HKLM\SOFTWARE\Microsoft\Office\ClickToRun\Configuration"


def write(path: Path, text: str = "") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def interpreter(path: Path, answer: str) -> Path:
    """Write a program that answers as a Python does."""
    write(path, f"#!/bin/sh\necho {answer}\n").chmod(0o755)
    return path


@pytest.fixture
def machine(tmp_path):
    def make(system, registry=None, **environ):
        values = registry or {}
        home, here = tmp_path / "home", tmp_path / "here"
        for folder in (home, here):
            folder.mkdir(exist_ok=True)
        return Machine(
            system, home, here, environ, tmp_path, lambda key, name: values.get((key, name))
        )

    return make


@pytest.mark.parametrize(
    ("name", "bits", "products", "platform"),
    [
        ("365", 64, "O365ProPlusRetail", "x64"),
        ("365", 32, "O365HomePremRetail,VisioPro2021Volume", "x86"),
        ("2021", 64, "ProPlus2021Volume", "x64"),
        ("2019", 64, "Standard2019Volume", "x64"),
        ("2024", 64, "Excel2024Retail", "x64"),
        ("", 0, "SomethingNew", "arm64"),
    ],
)
def test_excel_on_windows_says_its_product_and_bits(machine, name, bits, products, platform):
    registry = {
        (CLICK_TO_RUN, "VersionToReport"): "16.0.17328.20162",
        (CLICK_TO_RUN, "ProductReleaseIds"): products,
        (CLICK_TO_RUN, "Platform"): platform,
    }
    found = find_excel(machine("win32", registry))
    assert ("16.0.17328.20162", name, bits) == (found.version, found.name, found.bits)


def test_an_older_excel_says_its_number_alone(machine):
    registry = {
        (r"HKCR\Excel.Application\CurVer", ""): "Excel.Application.14",
        (
            r"HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion\App Paths\excel.exe",
            "",
        ): r"C:\Office14\EXCEL.EXE",
    }
    found = find_excel(machine("win32", registry))
    assert ("14", "2010", 0, r"C:\Office14\EXCEL.EXE") == (
        found.version,
        found.name,
        found.bits,
        found.path,
    )
    assert None is find_excel(machine("win32"))
    assert None is find_excel(machine("linux", registry))


@pytest.mark.parametrize("below", ["", "home"])
def test_excel_on_a_mac_says_its_version(machine, tmp_path, below):
    assert None is find_excel(machine("darwin"))
    path = tmp_path / below / "Applications/Microsoft Excel.app/Contents/Info.plist"
    write(path, "no property list")
    assert None is find_excel(machine("darwin"))
    path.write_bytes(plistlib.dumps({"CFBundleShortVersionString": "16.89"}))
    found = find_excel(machine("darwin"))
    assert ("16.89", 64, str(path.parent.parent)) == (found.version, found.bits, found.path)


@pytest.mark.parametrize(
    ("system", "program", "ini", "python"),
    [
        ("linux", "opt/libreoffice25.2/program/soffice", "bootstraprc", "python"),
        ("win32", "Programs/LibreOffice/program/soffice.exe", "bootstrap.ini", "python.exe"),
        (
            "darwin",
            "Applications/LibreOffice.app/Contents/MacOS/soffice",
            "../Resources/bootstraprc",
            "../Resources/python",
        ),
    ],
)
def test_libreoffice_is_found_with_its_python(machine, tmp_path, system, program, ini, python):
    folder = write(tmp_path / program).parent
    write(folder / ini, "[Bootstrap]\nProductKey=LibreOffice 25.2\n")
    (folder / "../Resources").mkdir(exist_ok=True)
    path = interpreter(folder / python, "3.10.16 64 1 1 0")
    [found] = find_libreoffice(machine(system, ProgramFiles=str(tmp_path / "Programs")))
    assert (str(folder), "25.2") == (found.path, found.version)
    assert ("3.10.16", 64, str(path)) == (
        found.python.version,
        found.python.bits,
        found.python.path,
    )
    assert {"numpy": True, "uno": True, "xlcalc": False} == found.python.packages


def test_several_libreoffices_are_told_each_once(machine, tmp_path):
    old = write(tmp_path / "usr/lib/libreoffice/program/soffice").parent
    new = write(tmp_path / "opt/libreoffice25.8/program/soffice").parent
    links = tmp_path / "bin"
    links.mkdir()
    (links / "soffice").symlink_to(old / "soffice")
    interpreter(tmp_path / "usr/bin/python3", "3.11.2 64 0 1 0")
    found = find_libreoffice(machine("linux", PATH=f"{links}:/no/such/folder:"))
    assert [str(new), str(old)] == [office.path for office in found]
    assert ["", ""] == [office.version for office in found]
    assert ["3.11.2", "3.11.2"] == [office.python.version for office in found]
    assert () == find_libreoffice(machine("win32"))


def test_a_python_that_does_not_run_is_told_so(machine, tmp_path):
    broken = interpreter(tmp_path / "python", "3.12.0")
    assert "" == look_at_python(broken, ("numpy",)).version
    assert "" == look_at_python(tmp_path / "no such python", ("numpy",)).version
    here = look_at_python(Path(sys.executable), ("numpy", "no_such_package"))
    assert {"numpy": True, "no_such_package": False} == here.packages
    assert (64 if sys.maxsize > 2**32 else 32) == here.bits


def test_the_settings_of_the_add_in_are_read(machine, tmp_path):
    python = interpreter(tmp_path / "python.exe", "3.13.0 64 1 1 0")
    (tmp_path / "modules").mkdir()
    write(tmp_path / "modules" / "xlcalc_udfs.py")
    write(
        tmp_path / "home/.xlwings/xlwings.conf",
        f'"INTERPRETER_WIN","{python}"\n"PYTHONPATH","%BASE%/modules;%BASE%/gone"\n'
        '"UDF MODULES","xlcalc_udfs; own"\n"LICENSE_KEY","secret-1234"\n',
    )
    write(tmp_path / "roaming/Microsoft/Excel/XLSTART/xlwings.xlam")
    found = find_add_in(machine("win32", BASE=str(tmp_path), APPDATA=str(tmp_path / "roaming")))
    assert "3.13.0" == found.interpreter.version
    assert ("xlcalc_udfs", "own") == found.modules
    assert "present" == found.key
    assert found.installed.endswith("xlwings.xlam")
    [fault] = found.faults
    assert "%BASE%/gone for PYTHONPATH, which is not there" in fault
    assert "secret" not in repr(found)


@pytest.mark.parametrize(
    ("fault", "answer"),
    [
        ("does not have xlwings and xlcalc and xlcalc_udfs", "3.13.0 64 0 0 0"),
        ("does not have xlcalc_udfs", "3.13.0 32 1 1 0"),
        ("does not run", "Traceback"),
        (None, "3.13.0 64 1 1 1"),
    ],
)
def test_an_interpreter_must_have_what_the_add_in_calls(machine, tmp_path, fault, answer):
    python = interpreter(tmp_path / "python.exe", answer)
    conf = tmp_path / "home/Library/Containers/com.microsoft.Excel/Data/xlwings.conf"
    write(conf, f'"INTERPRETER_MAC","{python}"\n')
    told = [f"the interpreter {python} {fault}"] if fault else []
    assert told == list(find_add_in(machine("darwin")).faults)


def test_an_interpreter_that_is_gone_is_a_fault(machine, tmp_path):
    write(tmp_path / "home/.xlwings/xlwings.conf", '"INTERPRETER_WIN","C:\\gone\\python.exe"\n')
    told = "xlwings.conf names the interpreter C:\\gone\\python.exe, which is not there"
    assert (told,) == find_add_in(machine("win32")).faults
    assert () == find_add_in(machine("darwin")).faults  # these settings lie elsewhere


def test_settings_that_are_no_settings_are_passed_over():
    assert {"A": "1"} == read_settings('\n"a" , 1\n"b"\n\n')
    assert {} == read_settings("")


@pytest.mark.parametrize(
    ("state", "key"),
    [
        ("missing", ""),
        ("missing", '""'),
        ("placeholder", '"your_license_key"'),
        ("noncommercial", "noncommercial"),
        ("present", "a-key"),
    ],
)
def test_a_licence_key_is_told_by_its_state_alone(state, key):
    assert state == key_state(key)


def test_a_server_project_needs_a_key_and_certificates(machine, tmp_path):
    assert ("", (), "missing") == (
        (found := find_server(machine("linux"))).project,
        found.faults,
        found.key,
    )
    env = write(
        tmp_path / "here/.env",
        '# trial\nXLWINGS_LICENSE_KEY="your_license_key"\nXLWINGS_ENVIRONMENT="dev"\r\n',
    )
    found = find_server(machine("linux"))
    assert (str(tmp_path / "here"), "placeholder", False) == (
        found.project,
        found.key,
        found.certificates,
    )
    key, certificates = found.faults
    assert "has the placeholder for a licence key: set XLWINGS_LICENSE_KEY" in key
    assert "has no certificates, without which Excel loads no task pane" in certificates
    write(env, "export XLWINGS_LICENSE_KEY = secret-1234\n")
    for name in ("localhost+2.pem", "localhost+2-key.pem"):
        write(tmp_path / "here/certs" / name)
    found = find_server(machine("linux"))
    assert ("present", True, ()) == (found.key, found.certificates, found.faults)
    assert "secret" not in repr(found)
    write(env, "OTHER=1\n")
    assert "" == find_server(machine("linux")).project
    assert "noncommercial" == find_server(machine("linux", XLWINGS_LICENSE_KEY="noncommercial")).key


def test_a_report_of_a_machine_says_what_it_has(machine, tmp_path):
    registry = {
        (CLICK_TO_RUN, "VersionToReport"): "16.0.1",
        (CLICK_TO_RUN, "ProductReleaseIds"): "O365ProPlusRetail",
        (CLICK_TO_RUN, "Platform"): "x64",
    }
    write(tmp_path / "here/.env", "XLWINGS_LICENSE_KEY=your_license_key\n")
    found = look_at(machine("win32", registry))
    lines = list(machine_lines(found))
    assert "System       Windows" == lines[0]
    assert "Excel        365, version 16.0.1, 64 bits" == lines[2]
    assert "LibreOffice  not found" == lines[3]
    assert ["! ", "! "] == [line[:2] for line in lines[-2:]]
    assert 2 == len(found.faults)
    data = json.loads(json.dumps(machine_data(found)))
    assert {
        *("system", "python", "excel", "libreoffice", "add_in", "server", "lite", "faults"),
    } == data.keys()
    assert {"path", "version", "bits", "packages"} == data["python"].keys()
    assert {"version", "name", "bits", "path"} == data["excel"].keys()
    assert {"version", "project", "key", "certificates", "mkcert", "faults"} == data[
        "server"
    ].keys()


@needs_libreoffice
def test_this_machine_is_told_with_its_libreoffice(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))
    done = CliRunner().invoke(doctor, ["--json"])
    data = json.loads(done.output)
    assert (0, True, None) == (done.exit_code, data["well"], data["workbook"])
    assert sys.executable == data["machine"]["python"]["path"]
    assert data["machine"]["libreoffice"][0]["version"]
    assert CliRunner().invoke(doctor).output.startswith("System       ")


def test_a_wrong_setting_ends_the_command_with_status_1(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    write(tmp_path / ".env", "XLWINGS_LICENSE_KEY=\n")
    monkeypatch.delenv("XLWINGS_LICENSE_KEY", raising=False)
    done = CliRunner().invoke(doctor)
    assert 1 == done.exit_code
    assert "has no licence key" in done.output
