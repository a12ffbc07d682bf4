"""Style and script of the page: a few lines each, in the page itself, so that it needs no network."""

from __future__ import annotations

STYLE = """
:root { color-scheme: light dark; --line: #d5d9de; --soft: #f5f6f8; --ink: #1b1f24; --paper: #ffffff;
  --faint: #57606a; }
@media (prefers-color-scheme: dark) {
  :root { --line: #3a4047; --soft: #20252b; --ink: #e6e9ec; --paper: #14181c; --faint: #a0a8b0; }
}
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 62rem; padding: 1.2rem; color: var(--ink); background: var(--paper);
  font: 16px/1.5 system-ui, sans-serif; }
h1 { margin: 0; font-size: 1.6rem; } h2 { margin: 2rem 0 .5rem; font-size: 1.2rem; }
.summary { margin: .2rem 0 .6rem; font-size: 1.1rem; }
nav a { margin-right: 1rem; }
form { position: sticky; top: 0; padding: .6rem 0; background: var(--paper); border-bottom: 1px solid var(--line); }
#find { width: min(24rem, 60%); padding: .3rem .5rem; font: inherit; color: inherit; background: var(--soft);
  border: 1px solid var(--line); border-radius: 4px; }
fieldset { display: flex; flex-wrap: wrap; gap: .3rem 1rem; margin: .5rem 0 0; padding: 0; border: 0; }
legend { float: left; margin-right: 1rem; padding: 0; color: var(--faint); }
article { margin: .4rem 0; border: 1px solid var(--line); border-radius: 6px; }
article[hidden] { display: none; }
summary { display: flex; flex-wrap: wrap; gap: .3rem .8rem; align-items: baseline; padding: .5rem .8rem;
  cursor: pointer; }
summary::before { content: "▸"; color: var(--faint); } details[open] > summary::before { content: "▾"; }
summary h3 { margin: 0; font-size: 1rem; overflow-wrap: anywhere; }
summary:focus-visible, input:focus-visible, a:focus-visible { outline: 3px solid #2f81f7; outline-offset: 2px; }
.verdict { padding: 0 .5rem; border-radius: 1rem; border: 1px solid; font-size: .85rem; }
.verdict.proved { color: #fff; background: #00694c; } .verdict.refuted { color: #fff; background: #0b5394; }
.verdict.open { border-style: dashed; } .verdict.numeric, .verdict.modulo { color: #1b1f24; background: #f2cf66; }
.verdict:not(.proved, .refuted, .open, .numeric, .modulo) { color: #fff; background: #a33000; }
.wrong { color: #c0390b; } @media (prefers-color-scheme: dark) { .wrong { color: #ff9a75; } }
.grade, .kind, .hint { color: var(--faint); font-size: .9rem; } .hint { margin: 0; }
dl { display: grid; grid-template-columns: 9.5rem minmax(0, 1fr); gap: .35rem .8rem; margin: 0;
  padding: .5rem .8rem 1rem; border-top: 1px solid var(--line); background: var(--soft); }
dt { color: var(--faint); } dd { margin: 0; overflow-wrap: anywhere; } dd p { margin: 0 0 .3rem; }
dd ul { margin: 0; padding-left: 1.1rem; } .formula { overflow-x: auto; padding: .2rem 0; }
.hash { font-size: .8rem; overflow-wrap: anywhere; }
.level { padding: 0 .4rem; border-radius: 3px; border: 1px solid var(--line); font-size: .85rem; }
.level.error { color: #fff; background: #a33000; } .level.warning { color: #1b1f24; background: #f2cf66; }
table { border-collapse: collapse; width: 100%; } th, td { padding: .3rem .5rem; border: 1px solid var(--line);
  text-align: left; vertical-align: top; overflow-wrap: anywhere; }
@media (max-width: 40rem) { dl { grid-template-columns: 1fr; } dt { margin-top: .4rem; } }
@media print { form { display: none; } }
"""

SCRIPT = """
const find = document.getElementById("find"), shown = document.getElementById("shown");
const claims = [...document.querySelectorAll("article.claim")];
const boxes = [...document.querySelectorAll("input[name=verdict]")];
function update() {
  const words = find.value.toLowerCase().split(/\\s+/).filter(Boolean);
  const wanted = new Set(boxes.filter(box => box.checked).map(box => box.value));
  let count = 0;
  for (const claim of claims) {
    const text = claim.textContent.toLowerCase();
    claim.hidden = !(wanted.has(claim.dataset.verdict) && words.every(word => text.includes(word)));
    count += claim.hidden ? 0 : 1;
  }
  shown.textContent = count + " of " + claims.length + " claims shown";
}
function reveal() {
  if (!location.hash.startsWith("#claim-")) return;
  const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (target) { target.hidden = false; target.querySelector("details").open = true; target.scrollIntoView(); }
}
document.querySelector("form").addEventListener("submit", event => event.preventDefault());
find.addEventListener("input", update);
boxes.forEach(box => box.addEventListener("change", update));
addEventListener("hashchange", reveal);
update();
reveal();
"""
