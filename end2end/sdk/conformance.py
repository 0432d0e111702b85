"""The official Python SDK, unmodified, against a release server with sample data. run.mjs starts it.

conformance.mjs holds most checks. Here are those in which the two SDKs differ: Python builds models from answers, so that a
null, a text answer or an unknown enum value breaks it, and it drops relatedRequests.
"""

import json
import os
import re
import sys
import time
import traceback
import urllib.request
from datetime import datetime

import PureCloudPlatformClientV2 as sdk
from PureCloudPlatformClientV2.rest import ApiException

URL = os.environ["HABEAS_URL"]
CLIENT = (os.environ["HABEAS_CLIENT_ID"], os.environ["HABEAS_CLIENT_SECRET"])
STORIES = json.loads(os.environ["HABEAS_FACTS"])["stories"]
UNKNOWN = "00000000-0000-4000-8000-000000000000"

client = sdk.ApiClient(host=URL)
gdpr = sdk.GeneralDataProtectionRegulationApi(client)
contacts = sdk.ExternalContactsApi(client)
downloads = sdk.DownloadsApi(client)

checks = []


def check(name):
    """Registers a check under the sentence that it proves."""
    return lambda body: checks.append((name, body))


def keeps_the_rules(headers, body):
    """What every answer must keep: JSON, by name, without a null at any depth."""
    assert headers["Content-Type"].startswith("application/json"), headers["Content-Type"]
    assert headers["ININ-Correlation-Id"]
    assert "null" not in re.sub(r'"(\\.|[^"\\])*"', "", body), body


def ok(call, *args, **kwargs):
    """The model that an SDK call gives, after a look at the answer it was made from."""
    model = call(*args, **kwargs)
    answer = client.last_response
    keeps_the_rules(answer.getheaders(), answer.data)
    assert "outdated_sdk_version" not in str(model), model  # what the SDK says to an enum value that it doesn't know
    return model


def refused(status, code, call, *args, **kwargs):
    """The error body of an SDK call that is refused."""
    try:
        call(*args, **kwargs)
    except ApiException as error:
        keeps_the_rules(error.headers, error.body)
        body = json.loads(error.body)
        assert (error.status, body["code"]) == (status, code), error.body
        assert body["contextId"] == error.headers["ININ-Correlation-Id"]
        return body
    raise AssertionError("was not refused")


def request(request_type, **subject):
    """A request for the subject with that one identifier."""
    body = sdk.GDPRRequest()
    body.request_type = request_type
    body.subject = sdk.GDPRSubject()
    for field, value in subject.items():
        setattr(body.subject, field, value)
    return body


def ended(request_id):
    """Waits for the end of a request."""
    for _ in range(240):
        now = ok(gdpr.get_gdpr_request, request_id)
        if now.status in ("COMPLETED", "ERROR"):
            assert now.status == "COMPLETED", now.status
            return now
        time.sleep(0.25)
    raise AssertionError(f"request {request_id} did not end within a minute")


def new_contact(number):
    """A contact that nobody else's identifiers match."""
    contact = sdk.ExternalContact()
    contact.first_name = "Pythia"
    contact.last_name = f"Formance{os.getpid()}{number}"
    contact.work_email = f"pythia.{os.getpid()}.{number}@conformance.example"
    return ok(contacts.post_externalcontacts_contacts, contact)


@check("wrong credentials do not log in")
def _():
    try:
        client.get_client_credentials_token(CLIENT[0], "wrong")
    except ApiException as error:
        assert error.status == 401, error
        assert error.headers["Content-Type"].startswith("application/json")
    else:
        raise AssertionError("logged in")


@check("without a token nothing is told")
def _():
    # The SDK sends `Bearer ` with nothing after it.
    refused(401, "authentication.required", gdpr.get_gdpr_requests)


@check("client credentials log in")
def _():
    client.get_client_credentials_token(*CLIENT)
    assert client.access_token


@check("every search type answers with subjects")
def _():
    unique = STORIES["unique"]
    for kind, value in (("EMAIL", unique["email"]), ("PHONE", unique["phone"]), ("NAME", unique["name"])):
        subjects = ok(gdpr.get_gdpr_subjects, kind, value).entities
        assert unique["externalContactId"] in [subject.external_contact_id for subject in subjects], kind
    for kind in ("ADDRESS", "TWITTER", "INSTAGRAM", "FACEBOOK", "APPLE_MESSAGES", "WHATSAPP", "EXTERNAL_ID"):
        value = "+49 30 5550199" if kind == "WHATSAPP" else "nobodyatall"
        assert ok(gdpr.get_gdpr_subjects, kind, value).entities == [], kind
    body = refused(400, "invalid.query.param.value", gdpr.get_gdpr_subjects, "SHOE_SIZE", "42")
    assert "searchType" in [detail["fieldName"] for detail in body["details"]]


@check("an export of a merge set: each related request is readable by its own id, the package downloads")
def _():
    story = STORIES["merge_set_of_four"]
    parent = ok(gdpr.post_gdpr_requests, request("GDPR_EXPORT", external_contact_id=story["canonical"]))
    related = json.loads(client.last_response.data)["relatedRequests"]  # the model drops them
    assert isinstance(parent.created_date, datetime) and parent.created_date.tzinfo
    assert parent.created_by.id
    seen = [ok(gdpr.get_gdpr_request, one["id"]).subject.external_contact_id for one in related]
    assert sorted([*seen, story["canonical"]]) == sorted(story["members"])

    results_url = ended(parent.id).results_url
    download_id = results_url.split("?")[0].split("/")[-1]
    signed = ok(downloads.get_download, download_id, issue_redirect=False).url
    with urllib.request.urlopen(signed) as file:  # loopback, and without a token
        assert file.read(2) == b"PK"


@check("a search's subject can be asked about as it is, and the same asked twice is one request")
def _():
    subject = ok(gdpr.get_gdpr_subjects, "EMAIL", STORIES["unique"]["email"]).entities[0]
    body = sdk.GDPRRequest()
    body.request_type, body.subject = "GDPR_EXPORT", subject
    first = ok(gdpr.post_gdpr_requests, body)
    second = ok(gdpr.post_gdpr_requests, body)
    if ok(gdpr.get_gdpr_request, first.id).status != "COMPLETED":  # finished ones don't block
        assert first.id == second.id
    ended(second.id)


@check("an update replaces the value")
def _():
    contact = new_contact(1)
    term = sdk.ReplacementTerm()
    term.type, term.existing_value, term.updated_value = "EMAIL", contact.work_email, f"new.{contact.work_email}"
    body = request("GDPR_UPDATE", external_contact_id=contact.id)
    refused(400, "constraint.validation", gdpr.post_gdpr_requests, body)
    body.replacement_terms = [term]
    ended(ok(gdpr.post_gdpr_requests, body).id)
    assert ok(contacts.get_externalcontacts_contact, contact.id).work_email == term.updated_value


@check("a deletion has to be confirmed, and then deletes")
def _():
    contact = new_contact(2)
    body = request("GDPR_DELETE", external_contact_id=contact.id)
    refused(400, "constraint.validation", gdpr.post_gdpr_requests, body)
    ended(ok(gdpr.post_gdpr_requests, body, delete_confirmed=True).id)
    refused(404, "entity.not.found", contacts.get_externalcontacts_contact, contact.id)


@check("an unknown subject makes nothing")
def _():
    before = ok(gdpr.get_gdpr_requests).total
    body = refused(404, "entity.not.found", gdpr.post_gdpr_requests, request("GDPR_EXPORT", external_contact_id=UNKNOWN))
    assert [detail["fieldName"] for detail in body["details"]] == ["subject.externalContactId"]
    assert ok(gdpr.get_gdpr_requests).total == before
    refused(404, "entity.not.found", gdpr.get_gdpr_request, UNKNOWN)


@check("the listing pages through all requests once")
def _():
    page, ids = 1, set()
    while True:
        listing = ok(gdpr.get_gdpr_requests, page_size=2, page_number=page)
        ids.update(one.id for one in listing.entities)
        assert bool(listing.previous_uri) == (page > 1)
        if not listing.next_uri:
            break
        page += 1
    assert (page, len(ids)) == (listing.page_count, listing.total)


@check("a contact is created, read, changed, listed and deleted")
def _():
    contact = new_contact(3)
    assert contact.create_date.tzinfo and contact.type in ("Ephemeral", "Identified", "Curated")
    contact.middle_name = "P."
    assert ok(contacts.put_externalcontacts_contact, contact.id, contact).middle_name == "P."
    change = sdk.ContactsPatchChange()
    change.field, change.value, change.action = "$.title", "Dr", "Update"
    patch = sdk.ExternalContactsPatchRequest()
    patch.changes = [change]
    assert ok(contacts.patch_externalcontacts_contact, contact.id, patch).title == "Dr"
    listing = ok(contacts.get_externalcontacts_contacts, q=contact.work_email, page_size=5)
    assert [one.id for one in listing.entities] == [contact.id]
    ok(contacts.delete_externalcontacts_contact, contact.id)
    refused(404, "entity.not.found", contacts.get_externalcontacts_contact, contact.id)


@check("contacts are read in bulk and merged")
def _():
    members = [new_contact(4), new_contact(5)]
    wanted = sdk.BulkIdsRequest()
    wanted.entities = [{"id": one.id} for one in members] + [{"id": UNKNOWN}]
    bulk = ok(contacts.post_externalcontacts_bulk_contacts, wanted)
    assert [one.success for one in bulk.results] == [True, True, False]
    assert (bulk.error_count, bulk.error_indexes) == (1, [2])

    merge = sdk.MergeContactsRequest()
    merge.contact_ids = [one.id for one in members]
    canonical = ok(contacts.post_externalcontacts_contacts_merge, merge)
    for member in members:
        assert ok(contacts.get_externalcontacts_contact, member.id).id == canonical.id
        itself = ok(contacts.get_externalcontacts_contact_unresolved, member.id)
        assert (itself.id, itself.canonical_contact.id) == (member.id, canonical.id)


@check("a contact that cannot be is refused with 422")
def _():
    contact = sdk.ExternalContact()
    contact.first_name, contact.last_name, contact.work_email = "Pythia", "Formance", "nobody"
    body = refused(422, "validation.failed", contacts.post_externalcontacts_contacts, contact)
    assert [detail["fieldName"] for detail in body["details"]] == ["workEmail"]


failed = 0
for name, body in checks:
    try:
        body()
        print(f"✓ {name}")
    except Exception:  # whatever it was, the next checks still tell something
        failed += 1
        print(f"✗ {name}\n{traceback.format_exc()}")
passed = len(checks) - failed
print(f"Python: {passed} passed, {failed} failed")
if tally := os.environ.get("HABEAS_TALLY"):
    with open(tally, "a", encoding="ascii") as file:
        file.write(f"{passed} {failed}\n")
sys.exit(1 if failed else 0)
