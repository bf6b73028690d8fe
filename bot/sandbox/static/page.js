const $ = (id) => document.getElementById(id);
const POLL_MS = 200;
const FLOOR_DB = -60;
const ICONS = {
  text: "M9 4 7 20M17 4l-2 16M4 9h17M3 15h17",
  voice: "M4 10v4h3l5 4V6L7 10H4ZM15.5 9a4 4 0 0 1 0 6M18 6.5a8 8 0 0 1 0 11",
  stage: "M12 14v6M9 20h6M12 11.5v.1M8.5 14.5a5 5 0 1 1 7 0M5.8 16.8a8.5 8.5 0 1 1 12.4 0",
  dm: "M12 16a4 4 0 1 1 0-8 4 4 0 0 1 4 4v1.5a2.2 2.2 0 0 0 4.4 0V12A8.4 8.4 0 1 0 17 18.8",
};
const HEADINGS = { text: "Text", voice: "Voice", stage: "Stage", dm: "Just you" };

const TIMEZONE = Intl.DateTimeFormat().resolvedOptions().timeZone;

let shownUrl = null;
let drawn = "";

async function show(wish) {
  const answer = await fetch("/api/show", {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ timezone: TIMEZONE, ...wish }),
  });
  if (answer.ok) draw(await answer.json());
}

function element(tag, properties, ...children) {
  const made = Object.assign(document.createElement(tag), properties);
  made.append(...children);
  return made;
}

function icon(path) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  const line = document.createElementNS("http://www.w3.org/2000/svg", "path");
  line.setAttribute("d", path);
  svg.append(line);
  return svg;
}

function drawViewers(state) {
  $("viewers").replaceChildren(...state.viewers.map((viewer) => {
    const button = element("button", { type: "button", textContent: viewer.name });
    button.dataset.viewer = viewer.id;
    button.setAttribute("aria-pressed", String(viewer.id === state.preview.viewer_id));
    button.addEventListener("click", () => show({ viewer_id: viewer.id }));
    return button;
  }));
}

function drawChannel(channel, state) {
  const button = element("button", { type: "button", className: "channel" }, icon(ICONS[channel.kind]), channel.name);
  button.dataset.channel = channel.id;
  button.setAttribute("aria-current", String(channel.id === state.preview.channel_id));
  button.addEventListener("click", () => show({ channel_id: channel.id }));
  const item = element("li", {}, button);
  if (channel.people.length) {
    item.append(element("ul", { className: "people" }, ...channel.people.map((person) =>
      element("li", { textContent: person.name, className: person.bot ? "bot" : "" }))));
  }
  return item;
}

function drawRooms(state) {
  const groups = Object.keys(HEADINGS).flatMap((kind) => {
    const channels = state.channels.filter((channel) => channel.kind === kind);
    if (!channels.length) return [];
    return [
      element("h2", { textContent: HEADINGS[kind] }),
      element("ul", {}, ...channels.map((channel) => drawChannel(channel, state))),
    ];
  });
  $("rooms").replaceChildren(...groups);
}

function hint(state) {
  const command = element("kbd", { textContent: "/play rain" });
  if (state.playing && $("listen").ariaPressed !== "true") return ["Click Listen to hear it."];
  if (state.playing) return ["Try ", element("kbd", { textContent: "/volume" }), " or ", element("kbd", { textContent: "/stop" }), "."];
  if (state.preview.viewer_id !== state.listening.member_id) {
    return [`${state.listening.member} is the one sitting in ${state.listening.channel}; from there `, command, " works."];
  }
  return [$("listen").ariaPressed === "true" ? "Now type " : "Click Listen, then type ", command, "."];
}

function drawHint(state) {
  $("hint").replaceChildren(...hint(state));
}

function drawLevel(listening) {
  const { rms_dbfs: rms, peak_dbfs: peak } = listening.level;
  const share = (db) => `${100 * Math.min(1, Math.max(0, 1 - db / FLOOR_DB))}%`;
  $("rms").style.width = share(rms);
  $("peak").style.left = peak > FLOOR_DB ? `calc(${share(peak)} - 2px)` : "-2px";
  $("level").textContent = rms > FLOOR_DB ? `${Math.round(rms)} dB`.replace("-", "−") : "silence";
  $("meter").setAttribute("aria-valuenow", String(Math.max(FLOOR_DB, Math.round(rms))));
  $("where").textContent = `${listening.channel}, with ${listening.member}`;
}

function nowPlaying(playing) {
  if (!playing) return "Quiet so far";
  return playing.paused ? `${playing.title}, paused` : `${playing.title} · volume ${playing.volume}`;
}

function draw(state) {
  $("guild").textContent = state.guild;
  $("playing").textContent = nowPlaying(state.playing);
  drawLevel(state.listening);
  const slow = JSON.stringify([state.viewers, state.channels, state.preview, state.playing]);
  if (slow !== drawn) {
    drawn = slow;
    drawViewers(state);
    drawRooms(state);
    drawHint(state);
  }
  if (state.preview.url && state.preview.url !== shownUrl) {
    shownUrl = state.preview.url;
    $("preview").src = shownUrl;
    $("tab").href = shownUrl;
  }
}

function listen(wanted) {
  const audio = $("audio");
  if (wanted) {
    // Never from a buffer: a listener who comes back hears what sounds now.
    audio.src = `/api/listen.ogg?from=${Date.now()}`;
    audio.play();
  } else {
    audio.pause();
    audio.removeAttribute("src");
    audio.load();
  }
  $("listen").ariaPressed = String(wanted);
  $("listen").textContent = wanted ? "Stop listening" : "Listen";
  drawn = "";
}

async function begin() {
  await show({}).catch(() => {}); // with this browser's time zone
  follow();
}

async function follow() {
  try {
    const answer = await fetch("/api/state", { cache: "no-store" });
    draw(await answer.json());
    $("gone").hidden = true;
  } catch {
    $("gone").hidden = false;
    if ($("listen").ariaPressed === "true") listen(false);
  }
  setTimeout(follow, POLL_MS);
}

$("listen").addEventListener("click", () => listen($("listen").ariaPressed !== "true"));
$("volume").addEventListener("input", () => { $("audio").volume = $("volume").value / 100; });
$("audio").volume = $("volume").value / 100;
begin();
