/** The mock's answers to the HTTP contract, from the made-up city. */

import { AREA_NAMES, BOX, BUILDINGS, holds, LAYERS, MARKS, MIDDLE, SITE_NAME } from "./city.mjs";
import { texts } from "./words.mjs";

const SIGNED_IN_ONLY = new Set(["tasks", "evidence", "reports"]);
const ROOT = "9f2c41d0a87be35c6610f4d2b9ce8a17305d6ef2c1b04a98e7d35f60c2ab1947";

/** Status and body for a request. */
export function answer(method, path, query, body, state) {
  const lang = query.get("lang") === "ar" ? "ar" : "en";
  const at = query.get("valid_at") ?? "2026-11-23T12:00:00Z";
  const asked = { lang, at, state };
  const parts = path.split("/").slice(1);
  if (path === "/health") return [200, { status: "ok", entries: 1284 + state.extra, root: ROOT, writable: true }];
  if (path === "/api/session") return session(method, body, state);
  if (method === "POST") return act(parts, body, asked);
  const [, kind, id] = parts;
  switch (kind) {
    case "site": return [200, site(asked)];
    case "map": return layer(id, asked);
    case "at": return [200, pointAnswer(Number(query.get("lon")), Number(query.get("lat")), asked)];
    case "areas": return id ? [200, areaDetail(id, asked)] : [200, { areas: areaList(asked) }];
    case "projects": return id ? [200, projectDetail(id, asked)] : [200, { projects: shown("projects", asked).map((p) => p.properties) }];
    case "assets": return [200, assetDetail(id, asked)];
    case "catalogue": return [200, catalogue(id.replace(".json", ""))];
    case "search": return [200, { results: search(query.get("q") ?? "", asked) }];
    default: return [404, { title: "Not found", status: 404, code: "http.notfound" }];
  }
}

function session(method, body, state) {
  if (method === "DELETE") state.actor = null;
  if (method === "POST") {
    if (body.password !== "demo") return [401, { title: "Wrong login", status: 401, code: "session.wrong" }];
    state.actor = { login: body.login, person_id: "p-1", organisation_id: "o-1", organisation: "Mine Action Authority", role: "authority" };
  }
  return [200, { actor: state.actor }];
}

function act(parts, body, { state, lang }) {
  if (parts.includes("releases") && parts.at(-1) === "acceptance") {
    const detail = lang === "ar" ? "من اقترح التحرير لا يقبله." : "Who proposed a release cannot accept it.";
    const next = lang === "ar" ? "اطلب من شخص ثانٍ في السلطة." : "Ask a second person of the authority.";
    return [422, { title: "Refused", status: 422, detail, code: "land.release.same-person", faults: [{ code: "land.release.same-person", place: "", row: null, detail, next }] }];
  }
  state.extra += 1;
  return [201, { entry_id: `01MOCK${state.extra}`, body }];
}

const say = (value, lang) => (value && typeof value === "object" && "en" in value ? value[lang] : value);
const told = (properties, lang) =>
  Object.fromEntries(Object.entries(properties).map(([name, value]) => [name, say(value, lang)]));

function shown(name, { lang, at, state }) {
  if (SIGNED_IN_ONLY.has(name) && !state.actor) return [];
  return (LAYERS[name] ?? [])
    .filter((thing) => thing.from <= at && at < thing.until)
    .map(({ geometry, properties }) => ({ type: "Feature", geometry, properties: told(projectAt(name, properties, at), lang) }));
}

/** The school's project was open while its ground was released. */
function projectAt(name, properties, at) {
  if (name !== "projects" || properties.project_id !== "PR-01") return properties;
  const open = at >= "2025-03-20T08" && at < "2026-07-02T08";
  return open ? { ...properties, outcome: "open" } : properties;
}

function layer(name, asked) {
  if (!(name in LAYERS)) return [404, { title: "No such layer", status: 404 }];
  return [200, { type: "FeatureCollection", features: shown(name, asked) }];
}

function site({ lang, state }) {
  return {
    name: SITE_NAME[lang],
    lon_deg: MIDDLE[0],
    lat_deg: MIDDLE[1],
    bbox_lonlat: BOX,
    first_valid_at: "2024-01-10T08:00:00Z",
    last_valid_at: "2026-11-20T08:00:00Z",
    first_known_at: "2024-01-15T08:00:00Z",
    last_known_at: "2026-11-20T16:00:00Z",
    entries: 1284 + state.extra,
    root: ROOT,
    marks: MARKS.map((mark) => told(mark, lang)),
    counts: { areas: 6, projects: 6, buildings: BUILDINGS.length, reports: 1 },
    languages: ["en", "ar"],
  };
}

function areaList(asked) {
  const list = Object.keys(AREA_NAMES).map((id) => {
    const faces = shown("hazards", asked).filter((face) => face.properties.area_id === id);
    const parts = shown("parts", asked).filter((face) => face.properties.area_id === id);
    if (!faces.length && !parts.length) return null;
    const face = faces[0]?.properties;
    return {
      area_id: id,
      name: AREA_NAMES[id][asked.lang],
      class: face?.class ?? parts[0].properties.outcome,
      stage: face?.stage ?? "released",
      reopened: faces.some((each) => each.properties.reopened),
      open_m2: faces.reduce((sum, each) => sum + each.properties.area_m2, 0),
    };
  });
  return list.filter(Boolean);
}

const WHY = {
  cha: ["land.class.direct", "Ordnance was seen by a trained person.", "شاهد شخص مدرَّب ذخيرة هنا."],
  sha: ["land.class.indirect", "Two residents spoke of shelling; nobody has searched.", "تحدث ساكنان عن قصف، ولم يبحث أحد بعد."],
  indication: ["land.class.report", "A report has come in and has not been assessed.", "ورد بلاغ ولم يُقيَّم بعد."],
  cleared: ["land.part.cleared", "Cleared to the depth stated, inspected, released by two persons.", "طُهّرت حتى العمق المذكور وفُتّشت وحرّرها شخصان."],
  reduced: ["land.part.reduced", "Technical survey found no evidence in this part.", "لم يجد المسح التقني دليلاً في هذا الجزء."],
  cancelled: ["land.part.cancelled", "Non-technical survey found no evidence.", "لم يجد المسح غير التقني دليلاً."],
  not_cleared: ["land.part.not-cleared", "Not searched: under a collapsed slab.", "لم تُفتَّش: تحت سقف منهار."],
  unrecorded: ["land.point.unrecorded", "Nothing is on record here. Nobody has surveyed it.", "لا شيء مسجَّل هنا، ولم يمسحها أحد."],
  reopened: ["land.point.reopened", "Reopened: a fuze was found in a trench on released ground.", "أُعيد فتحها: عُثر على صمام في خندق على أرض محرَّرة."],
};
const reason = (key, lang, subject, at = "2026-07-02T08:00:00Z") => ({
  code: WHY[key][0],
  text: WHY[key][lang === "ar" ? 2 : 1],
  subject,
  at,
  source: lang === "ar" ? "سلطة مكافحة الألغام" : "Mine Action Authority",
});

function pointAnswer(lon, lat, asked) {
  const { lang } = asked;
  const at = (name) => shown(name, asked).filter((each) => holds(each.geometry, [lon, lat])).map((each) => each.properties);
  const [hazards, parts, not, projects] = ["hazards", "parts", "notcleared", "projects"].map(at);
  const building = BUILDINGS.find(({ ring }) => holds({ type: "Polygon", coordinates: [ring] }, [lon, lat]));
  const state = not.length ? "not_cleared" : parts[0]?.outcome ?? hazards[0]?.class ?? "unrecorded";
  const reopened = hazards.some((each) => each.reopened);
  const words = texts(lang);
  const headline = words[`class.${state}`] ?? state;
  const depth = parts[0]?.depth_cm ?? null;
  const ids = new Set([...hazards, ...parts, ...not].map((each) => each.area_id));
  return {
    state,
    reopened,
    depth_cm: depth,
    headline: depth ? `${headline} · ${depth} ${lang === "ar" ? "سم" : "cm"}` : headline,
    reasons: [...(reopened ? [reason("reopened", lang, "HA-0004")] : []), reason(state, lang, [...ids][0] ?? null, "2025-11-04T08:00:00Z")],
    areas: [...ids],
    assets: building ? [assetBrief(building, lang)] : [],
    projects: projects.map((each) => each.project_id),
  };
}

const assetBrief = ({ tags, name }, lang) => ({ asset_id: tags.asset_id, kind: tags.kind, name: name[lang], storeys: tags.storeys });

function areaDetail(id, asked) {
  const { lang } = asked;
  const brief = areaList(asked).find((area) => area.area_id === id);
  const parts = shown("parts", asked).map((each) => each.properties).filter((each) => each.area_id === id);
  const sum = (outcome) => parts.filter((each) => each.outcome === outcome).reduce((total, each) => total + each.area_m2, 0);
  const open = brief?.open_m2 ?? 0;
  const figures = { registered_m2: open + 1.25, computed_m2: open, reported_m2: null, grid_difference_m2: 0.04, open_m2: open, cancelled_m2: sum("cancelled"), reduced_m2: sum("reduced"), cleared_m2: sum("cleared"), not_cleared_m2: id === "HA-0001" ? 3500 : 0 };
  return {
    area_id: id,
    name: AREA_NAMES[id][lang],
    class: brief?.class ?? "sha",
    stage: brief?.stage ?? "open",
    validation: "approved",
    figures,
    source: lang === "ar" ? "مسح 2024، سلطة مكافحة الألغام" : "Survey of 2024, Mine Action Authority",
    parts: parts.map((each) => ({ ...each, since: "2025-11-04T08:00:00Z", reasons: [reason(each.outcome, lang, each.part_id)] })),
    reasons: [...(brief?.reopened ? [reason("reopened", lang, id)] : []), reason(brief?.class ?? "sha", lang, id, "2024-02-10T08:00:00Z")],
    acts: [
      { act: "reopen", subject: id, allowed: true, why: [] },
      { act: "propose_release", subject: "W-9", allowed: false, why: [lang === "ar" ? "لم يُفتَّش العمل بعد." : "The work has not been inspected yet."] },
      { act: "accept_release", subject: "RE-3", allowed: true, why: [] },
    ],
    releases: parts.length ? [{ release_id: "RE-1", state: "accepted", proposed_by: "layla", accepted_by: "omar", part_ids: parts.map((each) => each.part_id) }] : [],
    certificates: parts.length
      ? [
          { number: "RFQ-2026-000001-AB12CD", kind: "release", state: "in-force", issued_at: "2026-01-05T08:00:00Z" },
          { number: "RFQ-2025-000001-AB12CE", kind: "release", state: "superseded", issued_at: "2025-12-05T08:00:00Z" },
        ]
      : [],
    history: history(id, lang),
  };
}

function history(id, lang) {
  const told = [
    [12, "area_recorded", "2024-02-10", "2024-02-12", "Area recorded as suspected", "سُجّلت المنطقة مشتبهاً بها", "Non-technical survey, four informants.", "مسح غير تقني، أربعة مصادر محلية."],
    [140, "class_decided", "2024-04-02", "2024-04-02", "Class decided: confirmed", "تقرَّر الصنف: مؤكدة", "A mortar bomb was seen by the team.", "شاهد الفريق قذيفة هاون."],
    [431, "work_reported", "2025-02-11", "2025-02-20", "Work reported", "أُبلغ عن العمل", "Manual clearance to 50 cm.", "تطهير يدوي حتى عمق 50 سم."],
    [502, "release_accepted", "2025-03-20", "2025-03-20", "Release accepted by a second person", "قبِل شخص ثانٍ التحرير", "", ""],
    [1190, "land_reopened", "2026-07-02", "2026-07-02", "Land reopened", "أُعيد فتح الأرض", "A fuze was found in a trench.", "عُثر على صمام في خندق."],
  ];
  return told.slice(0, id === "HA-0004" ? 5 : 3).map(([seq, kind, valid, known, en, ar, textEn, textAr]) => ({
    seq,
    kind,
    title: lang === "ar" ? ar : en,
    text: lang === "ar" ? textAr : textEn,
    valid_at: `${valid}T08:00:00Z`,
    recorded_at: `${known}T10:00:00Z`,
    actor: "layla",
    organisation: lang === "ar" ? "سلطة مكافحة الألغام" : "Mine Action Authority",
  }));
}

function projectDetail(id, asked) {
  const found = shown("projects", asked).find((each) => each.properties.project_id === id).properties;
  return { ...found, assets: BUILDINGS.slice(20, 21).map((each) => assetBrief(each, asked.lang)), gate: ruling(found.outcome, asked.lang), history: history("HA-0001", asked.lang) };
}

function assetDetail(id, { lang }) {
  const found = BUILDINGS.find((each) => each.tags.asset_id === id) ?? BUILDINGS[0];
  const [east, north] = found.ring[0];
  return { ...assetBrief(found, lang), lon_deg: east, lat_deg: north, gate: ruling(found.tags.gate, lang), at: { state: "unrecorded" } };
}

function ruling(outcome, lang) {
  const ar = lang === "ar";
  const line = (gate, result, code, en, arabic, nextEn, nextAr, area_ids = []) => ({ gate, outcome: result, code, detail: ar ? arabic : en, next: ar ? nextAr : nextEn, area_ids });
  const gates = [line("G0", "open", "gate.registration.complete", "Shape and depth are registered.", "الشكل والعمق مسجّلان.", null, null)];
  if (outcome === "closed") {
    gates.push(line("G10", "closed", "gate.reopening.reopened", "18,000 m² of the footprint were reopened on 2 July 2026.", "أُعيد فتح 18٬000 م² من المساحة في 2 تموز 2026.", "Stop work. Wait until the reopened part is cleared and released again.", "أوقفوا العمل وانتظروا تطهير الجزء وتحريره من جديد.", ["HA-0004"]));
    gates.push(line("G9", "closed", "gate.depth.insufficient", "The works dig to 120 cm; the ground is released to 30 cm.", "يحفر العمل حتى 120 سم، والأرض محرَّرة حتى 30 سم.", "Have the part cleared to 120 cm, or plan shallower works.", "اطلبوا تطهير الجزء حتى 120 سم أو خططوا لعمل أقل عمقاً.", ["HA-0001"]));
  }
  gates.push(outcome === "open"
    ? line("G3", "open", "gate.area.released", "The whole footprint is released.", "المساحة كلها محرَّرة.", null, null)
    : line("G3", outcome, outcome === "closed" ? "gate.area.hazard" : "gate.area.unrecorded", "240 m² of the footprint are not on record.", "240 م² من المساحة غير مسجَّلة.", "Ask for a survey before digging.", "اطلبوا مسحاً قبل الحفر."));
  return { outcome, gates };
}

function catalogue(lang) {
  return { lang, dir: lang === "ar" ? "rtl" : "ltr", texts: texts(lang) };
}

function search(text, asked) {
  const fits = (name) => name.toLowerCase().includes(text.toLowerCase());
  const areas = areaList(asked).filter((area) => fits(area.name)).map((area) => ({ kind: "area", id: area.area_id, name: area.name, lon_deg: null, lat_deg: null }));
  const projects = shown("projects", asked).map((each) => each.properties).filter((each) => fits(each.name)).map((each) => ({ kind: "project", id: each.project_id, name: each.name, lon_deg: null, lat_deg: null }));
  const assets = BUILDINGS.filter((each) => fits(each.name[asked.lang])).slice(0, 6).map((each) => ({ kind: "asset", id: each.tags.asset_id, name: each.name[asked.lang], lon_deg: each.ring[0][0], lat_deg: each.ring[0][1] }));
  return [...areas, ...projects, ...assets];
}
