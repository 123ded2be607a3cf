"""Patients and staff in one program: nothing of the staff's is reached from the patients' side."""

import gc
import re

import pytest
from fastapi.testclient import TestClient

import app as application
from qa.ledger.clerk import Clerk
from qa.ledger.ledger import Ledger
from qa.staff.accounts import Accounts
from qa.staff.roles import Role
from qa.ui.front_door import CONTENT_POLICY
from qa.ui.recorder import Recorder
from qa.ui.routes import page_routes
from qa.ui.staff.app import staff_app
from qa.ui.staff.desk import open_desk
from qa.ui.staff.door import COOKIE
from tests.staff import PAGE, cookie_of

# Gradio leaves event loops unclosed.
pytestmark = pytest.mark.filterwarnings("ignore:unclosed:ResourceWarning")
SECRET = "The drip is changed by night staff only."


@pytest.fixture
def home(assistant_of):
    """An assistant with a document that was withdrawn, and the whole program over it."""
    assistant = assistant_of(
        {"scan.md": "# Scan\n\nThe scan does not hurt.\n", "night.md": f"# Night\n\n{SECRET}\n"}
    )
    assistant.library.withdraw("night")
    yield assistant
    gc.collect()


@pytest.fixture
def program(home):
    with TestClient(
        application.assemble(home.settings, home), follow_redirects=False, headers=PAGE
    ) as client:
        yield client


def test_the_staff_pages_stand_beside_the_patients_page_with_their_own_headers(program):
    assert program.get("/staff").headers["location"] == "staff/"
    assert program.get("/staff/").headers["location"].startswith("/staff/sign-in")
    staff, patients = program.get("/staff/sign-in"), program.get("/health")
    assert "unsafe" not in staff.headers["content-security-policy"]
    assert len(staff.headers.get_list("content-security-policy")) == 1
    assert patients.headers["content-security-policy"] == CONTENT_POLICY
    assert COOKIE not in str(program.get("/").headers.get_list("set-cookie"))
    assert "/staff" not in program.get("/").text


def test_no_path_of_the_patients_gives_out_the_home_or_what_staff_see(program, home):
    folder, version = home.settings.home, home.library.entry("night").version
    program.cookies.set(COOKIE, cookie_of(program.app.state.staff, Role.ADMIN), path="/staff")
    names = ["ledger.db", "ledger.key", "staff.key", "library.db", f"originals/{version}"]
    tried = [f"/document/night/{version}?start=0&end=5", f"/page/night/{version}/1.png"]
    for name in names:
        tried += [f"/{name}", f"/file={folder}/{name}", f"/gradio_api/file={folder}/{name}"]
        tried += [f"/static/{name}", f"/staff/static/..%2f{name}", f"/document/..%2f{name}/x"]
        tried += [f"/staff/static/%2e%2e/%2e%2e/{name}", f"/assets/..%2f..%2f{name}"]
    for path in tried:
        reply = program.get(path)
        assert reply.status_code >= 400, path
        assert SECRET not in reply.text
        assert b"SQLite format 3" not in reply.content


def test_nothing_outside_the_staffs_application_asks_for_their_cookie(program, home):
    """Every route of ours on the patients' side answers alike with and without a session."""
    ours = [route.path for route in page_routes(home).routes]
    paths = [re.sub(r"\{[^}]*\}", "x", path) for path in [*ours, "/config"]]
    without = [program.get(path).content for path in paths]
    admin = cookie_of(program.app.state.staff, Role.ADMIN)
    with_session = [program.get(p, headers={"cookie": f"{COOKIE}={admin}"}).content for p in paths]
    assert with_session == without


def test_with_a_damaged_key_only_the_staff_pages_are_closed(home, caplog):
    (home.settings.home / "staff.key").write_text("no key")
    with TestClient(application.assemble(home.settings, home)) as program:
        assert program.get("/health").status_code == 200
        closed = program.get("/staff/people")
        assert (closed.status_code, "staff pages are closed" in closed.text) == (503, True)
        assert str(home.settings.home) not in closed.text
    assert "staff.key is no key; stop the server" in caplog.text


def test_the_first_password_is_printed_once(home, capsys):
    ledger = Ledger(home.settings.home)
    clerk = Clerk(ledger, home.library, retain_days=30)
    desk = open_desk(home.settings, home, Recorder(home.settings, clerk))
    application.welcome_first_admin(desk)
    printed = re.search(r"name admin, one-time password (\S+)", capsys.readouterr().out)
    assert Accounts(ledger).with_password("admin", printed.group(1)).one_time
    application.welcome_first_admin(desk)
    assert capsys.readouterr().out == ""
    assert staff_app(desk).state.desk is desk
    ledger.close()
