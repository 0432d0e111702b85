// The official JavaScript SDK, unmodified, against a release server with sample data. run.mjs starts it.
import assert from 'node:assert/strict';
import { appendFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import platform from 'purecloud-platform-client-v2';

const { HABEAS_URL: url = '', HABEAS_CLIENT_ID: id = '', HABEAS_CLIENT_SECRET: secret = '', HABEAS_FACTS = '{}' } = process.env;
const { stories } = JSON.parse(HABEAS_FACTS);

const client = platform.ApiClient.instance;
client.setGateway({ host: '127.0.0.1', protocol: 'http', port: new URL(url).port });
client.setReturnExtendedResponses(true);
const gdpr = new platform.GeneralDataProtectionRegulationApi();
const contacts = new platform.ExternalContactsApi();
const downloads = new platform.DownloadsApi();

// ── What every answer must keep ──

/** Walks an answer: a null crashes the Python SDK, so there is none at any depth. */
function noNull(value, path = '$') {
  assert.notEqual(value, null, `null at ${path}`);
  if (typeof value === 'object') {
    for (const [key, inner] of Object.entries(value)) noNull(inner, `${path}.${key}`);
  }
}

function keepsTheRules({ status, headers, body }) {
  assert.match(headers['content-type'] ?? '', /^application\/json\b/);
  assert.ok(headers['inin-correlation-id'], 'no ININ-Correlation-Id');
  for (const part of ['count', 'allowed', 'reset']) assert.match(headers[`inin-ratelimit-${part}`] ?? '', /^\d+$/);
  noNull(body);
  if (status < 400) return;
  assert.equal(body.status, status);
  assert.equal(body.contextId, headers['inin-correlation-id']);
  assert.ok(body.message && body.code, 'an error has a message and a code');
  assert.ok(Array.isArray(body.details) && Array.isArray(body.errors), 'an error has details and errors');
}

/** The body of an SDK call that succeeds. */
async function ok(call) {
  const answer = await call.catch((error) => error);
  if (!answer.status) throw answer;
  keepsTheRules(answer);
  assert.ok([200, 202].includes(answer.status), `${answer.status}: ${JSON.stringify(answer.body)}`);
  return answer.body;
}

/** The body of an SDK call that is refused, with that status, code and, where one is to blame, field. */
async function refused(call, status, code, field) {
  const answer = await call.catch((error) => error);
  if (!answer.status) throw answer;
  keepsTheRules(answer);
  assert.deepEqual([answer.status, answer.body.code], [status, code], JSON.stringify(answer.body));
  if (field) assert.ok(fields(answer.body).includes(field), `names ${fields(answer.body)}, not ${field}`);
  return answer.body;
}

const fields = (body) => body.details.map(({ fieldName }) => fieldName);

/** What no SDK would send. */
async function raw(path, init = {}) {
  const answer = await fetch(url + path, {
    redirect: 'manual',
    ...init,
    headers: { authorization: `Bearer ${client.authData.accessToken}`, ...init.headers },
  });
  const text = await answer.text();
  const type = answer.headers.get('content-type') ?? '';
  const body = type.startsWith('application/json') ? JSON.parse(text) : text;
  return { status: answer.status, headers: Object.fromEntries(answer.headers), body };
}

// ── Short words for what the checks do often ──

const json = { 'content-type': 'application/json' };
const post = (body, headers = json) => raw('/api/v2/gdpr/requests', { method: 'POST', headers, body });
const found = async (type, value) => (await ok(gdpr.getGdprSubjects(type, value))).entities;
const contactIds = (subjects) => subjects.map(({ externalContactId }) => externalContactId);
const request = (requestType, subject, more = {}) => ({ requestType, subject, ...more });
const total = async () => (await ok(gdpr.getGdprRequests())).total;

/** Waits for the end of a request and of its related ones. */
async function ended(requestId, status = 'COMPLETED') {
  const states = ['INITIATED', 'SEARCHING', 'UPDATING', 'DELETING', 'FINALIZING', 'COMPLETED', 'ERROR'];
  for (const end = Date.now() + 60_000; Date.now() < end; await sleep(250)) {
    const now = await ok(gdpr.getGdprRequest(requestId));
    assert.ok(states.includes(now.status), now.status);
    if (!['COMPLETED', 'ERROR'].includes(now.status)) continue;
    assert.equal(now.status, status);
    return now;
  }
  assert.fail(`request ${requestId} did not end within a minute`);
}

let made = 0;
/** A contact of the directory with every identifier that a contact can have; nobody else has them. */
function newContact(more = {}) {
  const n = `${process.pid}${(made += 1)}`;
  return {
    firstName: 'Conny',
    lastName: `Formance${n}`,
    workEmail: `conny.${n}@conformance.example`,
    cellPhone: { display: `+49 30 90${n.padStart(8, '0').slice(-6)}` },
    address: { address1: `${n} Conformance Road`, city: 'Testwick', postalCode: 'TE5 7ED', countryCode: 'GB' },
    twitterId: { screenName: `conny${n}` },
    facebookId: { ids: [{ scopedId: `facebook-${n}` }] },
    instagramId: { ids: [{ scopedId: `instagram-${n}` }], handle: `conny.${n}` },
    whatsAppId: { phoneNumber: { display: `+49 30 91${n.padStart(8, '0').slice(-6)}` } },
    externalIds: [{ externalSource: { id: 'conformance', name: 'Conformance' }, value: `external-${n}` }],
    ...more,
  };
}
const create = (more) => ok(contacts.postExternalcontactsContacts(newContact(more)));

// ── The checks ──

const checks = [];
const check = (name, body) => checks.push({ name, body });

check('wrong credentials do not log in', async () => {
  const error = await client.loginClientCredentialsGrant(id, 'wrong').catch((error) => error);
  assert.equal(error.response?.status, 401);
  assert.match(error.response.headers['content-type'], /^application\/json\b/);
});

check('client credentials log in, for a number of seconds', async () => {
  const { accessToken, tokenExpiryTime } = await client.loginClientCredentialsGrant(id, secret);
  assert.ok(accessToken);
  assert.ok(tokenExpiryTime > Date.now());
});

check('a person is found by her e-mail, phone and name', async () => {
  const { email, phone, name, externalContactId } = stories.unique;
  for (const [type, value] of Object.entries({ EMAIL: email, PHONE: phone, NAME: name })) {
    assert.ok(contactIds(await found(type, value)).includes(externalContactId), type);
  }
});

check('nobody is found as an empty list, not as an error', async () => {
  assert.deepEqual(await found('EMAIL', stories.nobody.email), []);
});

check('every search type finds a contact that was just created', async () => {
  const contact = newContact();
  const { id: contactId } = await ok(contacts.postExternalcontactsContacts(contact));
  const searches = {
    NAME: `${contact.firstName} ${contact.lastName}`,
    ADDRESS: `${contact.address.address1}, ${contact.address.city}, ${contact.address.postalCode}`,
    PHONE: contact.cellPhone.display,
    EMAIL: contact.workEmail.toUpperCase(),
    TWITTER: contact.twitterId.screenName,
    INSTAGRAM: contact.instagramId.handle,
    FACEBOOK: contact.facebookId.ids[0].scopedId,
    WHATSAPP: contact.whatsAppId.phoneNumber.display,
    EXTERNAL_ID: contact.externalIds[0].value,
  };
  for (const [type, value] of Object.entries(searches)) {
    assert.ok(contactIds(await found(type, value)).includes(contactId), type);
  }
  await found('APPLE_MESSAGES', 'urn:mbid:nobody');
});

check('all members of a merge set are found, each readable', async () => {
  const { canonical, members, emails } = stories.merge_set_of_four;
  const ids = contactIds(await found('EMAIL', emails[0])).filter(Boolean);
  assert.ok(ids.includes(canonical));
  for (const member of members) {
    const contact = await ok(contacts.getExternalcontactsContactUnresolved(member));
    assert.equal(contact.id, member);
    assert.equal(contact.canonicalContact?.id ?? member, canonical);
  }
});

check('a search without its type, with an unknown one or without a value names the field', async () => {
  await refused(gdpr.getGdprSubjects('SHOE_SIZE', '42'), 400, 'invalid.query.param.value', 'searchType');
  await refused(raw('/api/v2/gdpr/subjects?searchValue=x'), 400, 'invalid.query.param.value', 'searchType');
  await refused(raw('/api/v2/gdpr/subjects?searchType=EMAIL'), 400, 'invalid.query.param.value', 'searchValue');
});

check('an export of a merge set comes with its related requests, each readable', async () => {
  const { canonical, members } = stories.merge_set_of_four;
  const others = members.filter((member) => member !== canonical);
  const before = await total();
  const parent = await ok(gdpr.postGdprRequests(request('GDPR_EXPORT', { externalContactId: canonical })));
  assert.equal(parent.requestType, 'GDPR_EXPORT');
  assert.equal(parent.subject.externalContactId, canonical);
  assert.ok(parent.id && parent.createdBy.id && parent.selfUri.endsWith(parent.id));
  assert.match(parent.createdDate, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
  assert.equal(parent.relatedRequests.length, others.length);
  assert.equal(await total(), before + members.length);

  const related = [];
  for (const { id: relatedId, selfUri } of parent.relatedRequests) {
    assert.equal(selfUri, `/api/v2/gdpr/requests/${relatedId}`);
    const one = await ok(gdpr.getGdprRequest(relatedId));
    assert.equal(one.id, relatedId);
    assert.ok(one.relatedRequests.some(({ id: sibling }) => sibling === parent.id));
    related.push(one.subject.externalContactId);
  }
  assert.deepEqual(related.sort(), others.sort());

  // Its package: a signed URL that needs no token, here as JSON, as a redirect for browsers.
  const { resultsUrl, resultsUrls } = await ended(parent.id);
  assert.ok(resultsUrl.startsWith(`${url}/api/v2/downloads/`), resultsUrl);
  assert.ok(resultsUrls.includes(resultsUrl));
  const downloadId = new URL(resultsUrl).pathname.split('/').pop();
  const download = await ok(downloads.getDownload(downloadId, { issueRedirect: false }));
  const file = await fetch(download.url);
  assert.equal(file.status, 200);
  assert.equal(Buffer.from(await file.arrayBuffer()).toString('latin1', 0, 2), 'PK', 'a ZIP');
  const redirect = await raw(`/api/v2/downloads/${downloadId}`);
  assert.equal(redirect.status, 302);
  assert.equal((await fetch(new URL(redirect.headers.location, url))).status, 200);
  const forged = download.url.replace(/[0-9a-zA-Z](?=[^0-9a-zA-Z]*$)/, (last) => (last === 'A' ? 'B' : 'A'));
  assert.ok((await fetch(forged)).status >= 400, 'a forged signature downloads nothing');
});

check('asking for another member answers with the canonical one', async () => {
  const { canonical, members } = stories.merge_set_of_four;
  const member = members.find((one) => one !== canonical);
  const answer = await ok(gdpr.postGdprRequests(request('gdpr_export', { externalContactId: member })));
  assert.equal(answer.subject.externalContactId, canonical);
  await ended(answer.id);
});

check('twenty identical posts at once make one request', async () => {
  const { id: contactId } = await create();
  const before = await total();
  const answers = await Promise.all(
    Array.from({ length: 20 }, () => ok(gdpr.postGdprRequests(request('GDPR_EXPORT', { externalContactId: contactId })))),
  );
  assert.equal(new Set(answers.map((answer) => answer.id)).size, 1);
  assert.equal(await total(), before + 1);
});

check('an update changes what it says, and only with replacement terms', async () => {
  const contact = await create();
  const subject = { externalContactId: contact.id };
  const updatedValue = `new.${contact.workEmail}`;
  const replacementTerms = [{ type: 'EMAIL', existingValue: contact.workEmail, updatedValue }];
  await refused(gdpr.postGdprRequests(request('GDPR_UPDATE', subject)), 400, 'constraint.validation', 'replacementTerms');
  await refused(
    gdpr.postGdprRequests(request('GDPR_EXPORT', subject, { replacementTerms })),
    400,
    'constraint.validation',
    'replacementTerms',
  );
  const { id: requestId } = await ok(gdpr.postGdprRequests(request('GDPR_UPDATE', subject, { replacementTerms })));
  const done = await ended(requestId);
  assert.deepEqual(done.replacementTerms, replacementTerms);
  assert.equal((await ok(contacts.getExternalcontactsContact(contact.id))).workEmail, updatedValue);
  assert.deepEqual(await found('EMAIL', contact.workEmail), []);
});

check('a deletion has to be confirmed, and then deletes', async () => {
  const contact = await create();
  const body = request('GDPR_DELETE', { externalContactId: contact.id });
  await refused(gdpr.postGdprRequests(body), 400, 'constraint.validation', 'deleteConfirmed');
  await refused(gdpr.postGdprRequests(body, { deleteConfirmed: false }), 400, 'constraint.validation', 'deleteConfirmed');
  const { id: requestId } = await ok(gdpr.postGdprRequests(body, { deleteConfirmed: true }));
  await ended(requestId);
  assert.deepEqual(await found('EMAIL', contact.workEmail), []);
  await refused(contacts.getExternalcontactsContact(contact.id), 404, 'entity.not.found');
});

check('a subject as the search gave it can be asked about as it is', async () => {
  const { email } = stories.unique;
  const [subject] = await found('EMAIL', email);
  const { id: requestId } = await ok(gdpr.postGdprRequests(request('GDPR_EXPORT', subject)));
  await ended(requestId);
});

check('a dialer contact is resolved with its list', async () => {
  const { id: dialerId, contactListId } = stories.dialer;
  const subject = { dialerContactId: { id: dialerId, contactListId } };
  const { subject: resolved } = await ok(gdpr.postGdprRequests(request('GDPR_EXPORT', subject)));
  assert.deepEqual(resolved.dialerContactId, subject.dialerContactId);
});

check('an employee who is still active is not erased', async () => {
  const body = request('GDPR_DELETE', { userId: stories.active_employee.userId });
  await refused(gdpr.postGdprRequests(body, { deleteConfirmed: true }), 409, 'request.conflict');
});

check('what cannot be asked is refused, and makes nothing', async () => {
  const before = await total();
  const contact = { externalContactId: stories.unique.externalContactId };
  const nobody = { externalContactId: '00000000-0000-4000-8000-000000000000' };
  const bad = [
    [request('GDPR_EXPORT', nobody), 404, 'subject.externalContactId'],
    [request('GDPR_EXPORT', {}), 400, 'subject'],
    [request('GDPR_EXPORT', { name: 'A', emailAddresses: ['a@b.example'] }), 400, 'subject.emailAddresses[0]'],
    [{ subject: contact }, 400, 'requestType'],
    [request('GDPR_FORGET', contact), 400, 'requestType'],
    [{ requestType: 'GDPR_EXPORT' }, 400, 'subject'],
  ];
  for (const [body, status, field] of bad) {
    const answer = await gdpr.postGdprRequests(body).catch((error) => error);
    keepsTheRules(answer);
    assert.equal(answer.status, status, JSON.stringify(body));
    assert.ok(fields(answer.body).includes(field), `${JSON.stringify(body)} names ${fields(answer.body)}`);
  }
  assert.equal(await total(), before);
});

check('bodies that no SDK sends are refused as JSON, too', async () => {
  const good = JSON.stringify(request('GDPR_EXPORT', { externalContactId: stories.unique.externalContactId }));
  await refused(post('{"requestType":'), 400, 'bad.request');
  await refused(post(`[${good}]`), 400, 'bulk.not.supported');
  await refused(post(Buffer.from([0x22, 0xff, 0x22])), 400, 'bad.request');
  await refused(post(good, { 'content-type': 'text/plain' }), 415, 'unsupported.media.type');
  // Small enough to be sent whole: the answer comes before the body is read, and a client that still sends may not see it.
  await refused(post(`"${'x'.repeat(1_500_000)}"`), 413, 'request.entity.too.large');
  await refused(raw('/api/v2/gdpr/nothing'), 404, 'not.found');
});

check('without a token nothing is told', async () => {
  for (const authorization of ['', 'Bearer', 'Bearer ', 'Bearer wrong']) {
    const answer = await raw('/api/v2/gdpr/requests', { headers: { authorization } });
    keepsTheRules(answer);
    assert.equal(answer.status, 401, authorization);
  }
});

check('an unknown request is not found', async () => {
  await refused(gdpr.getGdprRequest('00000000-0000-4000-8000-000000000000'), 404, 'entity.not.found');
  await refused(gdpr.getGdprRequest('not-an-id'), 404, 'entity.not.found');
});

check('the listing pages through all requests once', async () => {
  const pageSize = 3;
  const first = await ok(gdpr.getGdprRequests({ pageSize, pageNumber: 1 }));
  assert.equal(first.pageCount, Math.ceil(first.total / pageSize));
  assert.ok(first.pageCount > 1, 'the checks above have made enough');
  assert.ok(!('previousUri' in first));
  const ids = new Set();
  let page = first;
  for (let pageNumber = 1; ; pageNumber += 1) {
    assert.deepEqual([page.pageSize, page.pageNumber, page.total], [pageSize, pageNumber, first.total]);
    for (const { id: requestId } of page.entities) ids.add(requestId);
    if (!page.nextUri) break;
    page = await ok(raw(page.nextUri));
  }
  assert.equal(ids.size, first.total);
  assert.equal(page.pageNumber, first.pageCount);
  for (const query of ['pageSize=0', 'pageSize=many', 'pageNumber=0', 'pageNumber=-1']) {
    const [field] = query.split('=');
    await refused(raw(`/api/v2/gdpr/requests?${query}`), 400, 'invalid.query.param.value', field);
  }
});

check('a contact is created, read, listed, changed and deleted', async () => {
  const contact = await create({ title: 'Dr' });
  assert.equal(contact.selfUri, `/api/v2/externalcontacts/contacts/${contact.id}`);
  const read = await ok(contacts.getExternalcontactsContact(contact.id, { expand: ['externalOrganization', 'division'] }));
  assert.deepEqual([read.id, read.lastName, read.title], [contact.id, contact.lastName, 'Dr']);
  const listing = await ok(contacts.getExternalcontactsContacts({ q: contact.workEmail, pageSize: 5 }));
  assert.deepEqual(listing.entities.map((one) => one.id), [contact.id]);
  const changed = await ok(contacts.putExternalcontactsContact(contact.id, { ...read, middleName: 'M.' }));
  assert.equal(changed.middleName, 'M.');
  const patch = { changes: [{ field: '$.firstName', value: 'Connie', action: 'Update' }] };
  assert.equal((await ok(contacts.patchExternalcontactsContact(contact.id, patch))).firstName, 'Connie');
  assert.deepEqual(await ok(contacts.deleteExternalcontactsContact(contact.id)), {});
  await refused(contacts.getExternalcontactsContact(contact.id), 404, 'entity.not.found');
  await refused(contacts.deleteExternalcontactsContact(contact.id), 404, 'entity.not.found');
});

check('a contact that cannot be is refused with 422', async () => {
  await refused(contacts.postExternalcontactsContacts(newContact({ workEmail: 'nobody' })), 422, 'validation.failed', 'workEmail');
  await refused(
    contacts.postExternalcontactsContacts(newContact({ firstName: 'x'.repeat(10_000) })),
    422,
    'validation.failed',
    'firstName',
  );
});

check('contacts are read in bulk, the unknown named', async () => {
  const contact = await create();
  const unknown = '00000000-0000-4000-8000-000000000000';
  const bulk = await ok(contacts.postExternalcontactsBulkContacts({ entities: [{ id: contact.id }, { id: unknown }] }));
  const [first, second] = bulk.results;
  assert.deepEqual([first.id, first.success, first.status, first.entity.id], [contact.id, true, 200, contact.id]);
  assert.deepEqual([second.id, second.success, second.status], [unknown, false, 404]);
  assert.equal(second.error.status, 404);
  assert.deepEqual([bulk.errorCount, bulk.errorIndexes], [1, [1]]);
});

check('contacts merge into a new canonical one, and reading a member follows', async () => {
  const members = [await create(), await create()];
  const contactIds = members.map((member) => member.id);
  const canonical = await ok(contacts.postExternalcontactsContactsMerge({ contactIds }));
  assert.ok(!contactIds.includes(canonical.id), 'the canonical record is a new one');
  for (const contactId of contactIds) {
    assert.equal((await ok(contacts.getExternalcontactsContact(contactId))).id, canonical.id);
    const itself = await ok(contacts.getExternalcontactsContactUnresolved(contactId));
    assert.equal(itself.id, contactId);
    assert.equal(itself.canonicalContact.id, canonical.id);
    assert.ok(canonical.mergeSet.some((member) => member.id === contactId));
  }
  await refused(contacts.postExternalcontactsContactsMerge({ contactIds: [canonical.id] }), 400, 'constraint.validation', 'contactIds');
});

check('the older way to merge two contacts works', async () => {
  const [source, target] = [await create(), await create()];
  const merged = await ok(
    contacts.postExternalcontactsMergeContacts({ sourceContactId: source.id, targetContactId: target.id }),
  );
  const canonical = (await ok(contacts.getExternalcontactsContact(source.id))).id;
  assert.equal(merged.id, canonical);
  assert.equal((await ok(contacts.getExternalcontactsContact(target.id))).id, canonical);
});

// ── Run them in order: later ones build on earlier ones ──

let failed = 0;
for (const { name, body } of checks) {
  try {
    await body();
    console.log(`✓ ${name}`);
  } catch (error) {
    failed += 1;
    console.log(`✗ ${name}\n${error?.stack ?? JSON.stringify(error)}`);
  }
}
const passed = checks.length - failed;
console.log(`JavaScript: ${passed} passed, ${failed} failed`);
if (process.env.HABEAS_TALLY) appendFileSync(process.env.HABEAS_TALLY, `${passed} ${failed}\n`);
process.exit(failed ? 1 : 0); // the SDK keeps watching its configuration file
