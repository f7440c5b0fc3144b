// What scripts add to the pages of the admin section. Each page works without them.

// A file that is too large is told before it is sent.
for (const file of document.querySelectorAll("input[data-max-bytes]")) {
  file.addEventListener("change", () => {
    const isTooLarge = file.files[0]?.size > Number(file.dataset.maxBytes);
    file.setCustomValidity(isTooLarge ? file.dataset.tooLarge : "");
    file.reportValidity();
  });
}

// How far an import is. When it has got to another stage, the page says what that means.
for (const running of document.querySelectorAll("[data-progress]")) {
  const [bar, text] = [running.querySelector("progress"), running.querySelector("p")];
  const look = async () => {
    try {
      const answer = await fetch(running.dataset.progress, { headers: { Accept: "application/json" } });
      if (!answer.ok) return location.reload();
      const progress = await answer.json();
      if (progress.stage !== running.dataset.stage) return location.reload();
      bar.value = progress.percent;
      text.textContent = progress.text;
    } catch {
      // The server may be away for a moment.
    }
    setTimeout(look, 700);
  };
  setTimeout(look, 300);
}

// A notice is told once: not again when the page is reloaded or gone back to.
if (document.querySelector("[data-notice]")) {
  const address = new URL(location.href);
  for (const name of ["done", "count", "changes"]) address.searchParams.delete(name);
  history.replaceState(history.state, "", address);
}

// Movies that are chosen: all on the page at once, a row of them with the shift key, and how many they are.
const selection = document.querySelector("[data-selection]");
if (selection) {
  const boxes = [...selection.querySelectorAll('input[name="id"]')];
  const all = selection.querySelector("[data-all]");
  const matching = selection.querySelector("[data-matching]");
  const status = selection.querySelector("[data-count]");
  const action = selection.querySelector("[data-action]");
  const genres = selection.querySelector("[data-genre-field]");
  const numbers = new Intl.NumberFormat(document.documentElement.lang);
  let last;

  const tell = () => {
    const count = boxes.filter((box) => box.checked).length;
    all.checked = count === boxes.length;
    all.indeterminate = count > 0 && !all.checked;
    status.textContent = count > 0 ? status.dataset.some.replace("#", numbers.format(count)) : status.dataset.none;
    status.hidden = Boolean(matching?.checked);
    for (const box of [...boxes, all]) box.disabled = Boolean(matching?.checked);
    genres.hidden = action.value === "delete";
    // Within reach, however long the list is.
    status.parentElement.classList.toggle("floating", count > 0);
  };

  all.hidden = false;
  all.addEventListener("change", () => {
    for (const box of boxes) box.checked = all.checked;
    tell();
  });
  for (const box of boxes) {
    box.addEventListener("click", (event) => {
      if (event.shiftKey && last) {
        const [from, to] = [boxes.indexOf(last), boxes.indexOf(box)].sort((a, b) => a - b);
        for (const between of boxes.slice(from, to + 1)) between.checked = box.checked;
      }
      last = box;
      tell();
    });
  }
  matching?.addEventListener("change", tell);
  action.addEventListener("change", tell);
  // What was chosen is chosen again when one comes back.
  addEventListener("pageshow", tell);
  tell();
}

// Genres as chips, with suggestions from those that there are: the combobox pattern of the ARIA Authoring Practices
// Guide. What is sent is the text field, as it is without a script.
const genresWith = async (part, signal) => {
  const query = new URLSearchParams({ limit: 100, sort: "-movie_count" });
  if (part) query.set("q", part);
  const answer = await fetch(`/api/v1/genres?${query}`, { signal });
  return answer.ok ? (await answer.json()).items.map((genre) => genre.name) : [];
};

const folded = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();

for (const field of document.querySelectorAll("input[data-genres]")) {
  const most = 8;
  const id = field.id;
  const label = document.querySelector(`label[for="${id}"]`);
  const box = document.createElement("div");
  box.className = "combobox";
  const chips = document.createElement("ul");
  chips.className = "chips";
  chips.classList.toggle("invalid", field.getAttribute("aria-invalid") === "true");
  const place = document.createElement("li");
  place.className = "typing";
  const input = document.createElement("input");
  const list = document.createElement("ul");
  list.id = `${id}-list`;
  list.className = "options";
  list.role = "listbox";
  list.hidden = true;
  list.setAttribute("aria-label", field.dataset.genres);
  const status = document.createElement("p");
  status.className = "sr";
  status.role = "status";

  const attributes = { role: "combobox", "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": list.id, autocomplete: "off", dir: "auto" };
  for (const [name, value] of Object.entries(attributes)) input.setAttribute(name, value);
  for (const name of ["aria-describedby", "aria-invalid"]) {
    if (field.hasAttribute(name)) input.setAttribute(name, field.getAttribute(name));
  }
  field.type = "hidden";
  field.removeAttribute("id");
  input.id = id;
  if (label) label.htmlFor = id;
  place.append(input);
  chips.append(place);
  box.append(chips, list, status);
  field.after(box);
  if (field.autofocus) input.focus();

  let names = [];
  let chosen = -1;
  let asking;

  const store = () => {
    const before = field.value;
    field.value = [...names, input.value.trim()].filter(Boolean).join(", ");
    if (field.value !== before) field.dispatchEvent(new Event("input", { bubbles: true }));
  };

  const show = () => {
    for (const chip of chips.querySelectorAll(".chip")) chip.remove();
    for (const name of names) {
      const chip = document.createElement("li");
      chip.className = "chip chosen";
      const text = document.createElement("bdi");
      text.textContent = name;
      const remove = document.createElement("button");
      remove.type = "button";
      remove.setAttribute("aria-label", `${field.dataset.remove} ${name}`);
      remove.textContent = "✕";
      remove.addEventListener("click", () => {
        names = names.filter((other) => other !== name);
        show();
        store();
        input.focus();
      });
      chip.append(text, remove);
      place.before(chip);
    }
  };

  const add = (text) => {
    for (const name of text.split(",").map((part) => part.trim()).filter(Boolean)) {
      if (!names.some((other) => other.toLowerCase() === name.toLowerCase())) names.push(name);
    }
    input.value = "";
    close();
    show();
    store();
  };

  const choose = (index) => {
    list.children[chosen]?.setAttribute("aria-selected", "false");
    chosen = index;
    const option = list.children[chosen];
    if (option) {
      option.setAttribute("aria-selected", "true");
      option.scrollIntoView({ block: "nearest" });
      input.setAttribute("aria-activedescendant", option.id);
    } else {
      input.removeAttribute("aria-activedescendant");
    }
  };

  const close = () => {
    asking?.abort();
    choose(-1);
    list.hidden = true;
    input.setAttribute("aria-expanded", "false");
  };

  const suggest = async () => {
    // What was typed before does not matter any more, nor does its list.
    close();
    const mine = new AbortController();
    asking = mine;
    const text = input.value.trim();
    const part = folded(text);
    let all;
    try {
      // While somebody types on, nothing is asked.
      await new Promise((done) => setTimeout(done, text ? 120 : 0));
      if (mine.signal.aborted) return;
      all = await genresWith(text, mine.signal);
    } catch {
      // Without suggestions one can still type.
      return;
    }
    if (mine.signal.aborted || document.activeElement !== input) return;
    const free = all.filter((name) => !names.some((other) => other.toLowerCase() === name.toLowerCase()));
    const begins = free.filter((name) => folded(name).startsWith(part));
    const contains = free.filter((name) => !begins.includes(name));
    const found = [...begins, ...contains].slice(0, most);
    choose(-1);
    list.replaceChildren(...found.map((name, index) => {
      const option = document.createElement("li");
      option.id = `${list.id}-${index}`;
      option.role = "option";
      option.dir = "auto";
      option.setAttribute("aria-selected", "false");
      option.textContent = name;
      return option;
    }));
    list.hidden = found.length === 0;
    input.setAttribute("aria-expanded", String(found.length > 0));
    status.textContent = field.dataset.found.replace("#", found.length);
  };

  input.addEventListener("input", () => {
    if (input.value.includes(",")) add(input.value);
    else store();
    suggest();
  });
  input.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    const count = list.hidden ? 0 : list.children.length;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (count === 0) return suggest();
      const step = event.key === "ArrowDown" ? 1 : -1;
      choose(((chosen + 1 + step + count + 1) % (count + 1)) - 1);
    } else if (event.key === "Enter" && (chosen >= 0 || input.value.trim())) {
      event.preventDefault();
      add(chosen >= 0 ? list.children[chosen].textContent : input.value);
    } else if (event.key === "Escape" && !list.hidden) {
      event.preventDefault();
      close();
    } else if (event.key === "Backspace" && !input.value && names.length > 0) {
      names.pop();
      show();
      store();
    }
  });
  input.addEventListener("blur", () => {
    close();
    if (input.value.trim()) add(input.value);
  });
  // Before the field loses the focus.
  list.addEventListener("pointerdown", (event) => event.preventDefault());
  list.addEventListener("click", (event) => {
    const option = event.target.closest("li");
    if (option) add(option.textContent);
  });
  chips.addEventListener("click", (event) => {
    if (event.target === chips) input.focus();
  });

  add(field.value);
}

// What was typed and not saved is not lost by a click.
for (const form of document.querySelectorAll("form[data-warns]")) {
  const content = () => JSON.stringify([...new FormData(form)]);
  const before = content();
  let isSent = false;
  form.addEventListener("submit", () => {
    isSent = true;
  });
  addEventListener("pageshow", () => {
    isSent = false;
  });
  addEventListener("beforeunload", (event) => {
    if (!isSent && (form.dataset.warns === "true" || content() !== before)) event.preventDefault();
  });
}
