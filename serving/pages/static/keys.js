// Keyboard flow over links that are on the page anyway; without this file everything works by Tab and Enter.
"use strict";

(() => {
  const SWITCH = "clearlane-keys";
  const links = [...document.querySelectorAll("[data-rows] a.open")];
  const button = document.getElementById("keys-switch");
  let on = stored() !== "off";

  function stored() {
    try {
      return localStorage.getItem(SWITCH);
    } catch {
      return null; // storage may be blocked: the keys then stay on
    }
  }

  function showSwitch() {
    button.hidden = false;
    button.setAttribute("aria-pressed", String(on));
    button.textContent = on ? "Turn the keys off" : "Turn the keys on";
  }

  button.addEventListener("click", () => {
    on = !on;
    try {
      localStorage.setItem(SWITCH, on ? "on" : "off");
    } catch {
      // It holds for this page alone, then.
    }
    showSwitch();
  });

  function step(by) {
    if (links.length === 0) return;
    const here = links.indexOf(document.activeElement);
    const shown = links.findIndex((link) => link.hasAttribute("aria-current"));
    const from = here >= 0 ? here : shown;
    const next = from < 0 ? (by > 0 ? 0 : links.length - 1) : Math.min(Math.max(from + by, 0), links.length - 1);
    links[next].focus();
    links[next].scrollIntoView({ block: "nearest" });
  }

  function decide() {
    const reviewer = document.getElementById("reviewer");
    const target = reviewer && !reviewer.value ? reviewer : document.querySelector("#decide .buttons button");
    if (target) target.focus();
  }

  const follow = (key) => document.querySelector(`[data-key="${key}"]`)?.click();
  const actions = {
    j: () => step(1),
    k: () => step(-1),
    a: decide,
    n: () => follow("n"),
    u: () => follow("u"),
  };

  document.addEventListener("keydown", (event) => {
    const writing = event.target.closest("input, textarea, select");
    if (!on || writing || event.ctrlKey || event.metaKey || event.altKey) return;
    const action = actions[event.key];
    if (!action) return;
    event.preventDefault();
    action();
  });

  showSwitch();
  document.getElementById("form-error")?.focus();
})();
