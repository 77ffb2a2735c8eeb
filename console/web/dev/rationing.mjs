// The stand-in's part for rationing: presets, call-backs, why, desks, clearings. Invented, and only as much as the pages ask.
const clearings = [{ id: 'b1', contacts: [], outcome: 'declined', reason: 'nobody can come tonight (said: call again if it goes on)', by: 'dispatcher:A. Invented', at: '', due: '', cleared: true }];
const MIN = 60000;

export function rationing({ method, path, p, q, body, board, find, emit, refuse, iso, now }) {
  if (path === '/call-backs') {
    const by = now() + Number(q.get('minutes') ?? 10) * MIN;
    const items = board.promises.filter((x) => x.state === 'open' && Date.parse(x.due) <= by).map((x) => ({ contact: x.contact, incident: find('contacts', x.contact).incident, due: x.due, overdue: Date.parse(x.due) < now(), why: 'something was promised for then', unsafe: false, owner: 'north' }));
    return { body: { items: items.sort((a, b) => Date.parse(a.due) - Date.parse(b.due)) } };
  }
  if (path === '/desks') return { body: board.desks };
  if (p[0] === 'desks') { const d = board.desks.find((x) => x.id === p[1]); Object.assign(d, { open: p[2] === 'open', reason: body.reason, since: iso(now()) }); return { body: {} }; }
  if (path === '/clearings' && method === 'GET') return { body: clearings.map((c) => ({ ...c, contacts: c.contacts.length ? c.contacts : board.contacts.slice(-3).map((x) => x.id), at: c.at || iso(now() - 30 * MIN), due: c.due || iso(now() + 23 * 60 * MIN) })) };
  if (path === '/clearings') { clearings.push({ id: `b${clearings.length + 1}`, ...body, by: 'supervisor:K. Invented', at: iso(now()), due: iso(now() + 60 * MIN), cleared: !!body.alone }); return { body: {} }; }
  if (p[0] === 'clearings') { clearings.splice(clearings.findIndex((c) => c.id === p[1]), 1); return { body: {} }; }
  if (p[0] === 'presets') {
    const against = board.postures.find((x) => !x.ended_at && x.id !== body.replaces && x.area.kind === 'city' && p[1] === 'pr1');
    return against ? refuse(409, 'posture_contradicts', `${against.id} ("${against.title}") is in force and says otherwise for the same calls: name it in replaces, or end it first`) : { body: {} };
  }
  if (p[0] !== 'contacts' || !p[1]) return undefined;
  const c = find('contacts', p[1]);
  if (p[2] === 'why') {
    return { body: { contact: c.id, chain: [
      { rule: 'state', text: `${c.outcome.kind}: north has it next: ${c.outcome.next_action}`, at: c.outcome.since, counts: true },
      { rule: 'posture', text: 'Priority calls only (city, by Patrol operations): hold; reason: none stated (a news report)', at: iso(now() - 300 * MIN), posture: 'po1', version: 3, counts: true },
      { rule: 'cutoff', text: 'priority 3 is sent only while more than 6 units are free: 5 are', posture: 'po1', version: 3, counts: true },
      { rule: 'rank', text: 'priority 3; it has waited 22 minutes', at: c.received_at },
    ] } };
  }
  if (p[2] === 'ring') {
    c.call_backs = (c.call_backs ?? 0) + 1; c.last_rung = iso(now());
    const kept = board.promises.filter((x) => x.contact === c.id && x.state === 'open');
    if (body.reached === 'reached') for (const x of kept) x.state = 'kept';
    emit('caller_rung', `The caller of ${c.number} was rung: ${body.reached}`, { contacts: [c], promises: kept });
    return { body: {} };
  }
  return undefined;
}
