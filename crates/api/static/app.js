// What scripts add to every page. Each page works without them.

// Autocomplete in the search box: the combobox pattern of the ARIA Authoring Practices Guide.
const search = document.getElementById("search");
if (search) {
  const delay = 120;
  const list = document.createElement("ul");
  list.id = "suggestions";
  list.className = "options";
  list.role = "listbox";
  list.setAttribute("aria-label", search.dataset.suggestions);
  list.hidden = true;
  const status = document.createElement("p");
  status.className = "sr";
  status.role = "status";
  search.form.append(list, status);
  for (const [name, value] of Object.entries({ role: "combobox", "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": list.id })) {
    search.setAttribute(name, value);
  }

  let chosen = -1;
  let timer;
  let request;
  // The text that the list is about.
  let listed;

  // Forgets what was asked and not answered yet: a late answer is not to open the list again.
  const cancel = () => {
    clearTimeout(timer);
    request?.abort();
  };

  const close = () => {
    cancel();
    show(false);
    status.textContent = "";
  };

  const show = (shown) => {
    list.hidden = !shown;
    list.removeAttribute("aria-busy");
    search.setAttribute("aria-expanded", String(shown));
    if (!shown) choose(-1);
  };

  const choose = (index) => {
    list.children[chosen]?.setAttribute("aria-selected", "false");
    chosen = index;
    const option = list.children[chosen];
    if (option) {
      option.setAttribute("aria-selected", "true");
      option.scrollIntoView({ block: "nearest" });
      search.setAttribute("aria-activedescendant", option.id);
    } else {
      search.removeAttribute("aria-activedescendant");
    }
  };

  const address = (item) => {
    if (item.kind === "movie") return `/movies/${item.id}`;
    return `/listing?${new URLSearchParams({ [item.kind]: item.text })}`;
  };

  const option = (item, index) => {
    const line = document.createElement("li");
    line.id = `suggestion-${index}`;
    line.role = "option";
    line.setAttribute("aria-selected", "false");
    line.dataset.address = address(item);
    const text = document.createElement("span");
    text.dir = "auto";
    text.textContent = item.text;
    const kind = document.createElement("small");
    kind.textContent = item.kind === "movie" ? (item.year ?? "") : search.dataset[item.kind];
    line.append(text, kind);
    return line;
  };

  const suggest = async () => {
    // What was asked before is not wanted any more.
    cancel();
    const q = search.value.trim();
    if (!q) {
      list.replaceChildren();
      return close();
    }
    request = new AbortController();
    try {
      const answer = await fetch(`/api/v1/suggest?${new URLSearchParams({ q, limit: 8 })}`, { signal: request.signal });
      if (!answer.ok) return show(false);
      const { items } = await answer.json();
      choose(-1);
      list.replaceChildren(...items.map(option));
      listed = q;
      show(items.length > 0);
      status.textContent = items.length > 0 ? search.dataset.count.replace("#", items.length) : search.dataset.none;
    } catch (error) {
      // Without suggestions one can still search.
      if (error.name !== "AbortError") show(false);
    }
  };

  search.addEventListener("input", () => {
    // The answer under way is about another text, and so is the list until the next one.
    cancel();
    choose(-1);
    list.setAttribute("aria-busy", "true");
    timer = setTimeout(suggest, delay);
  });
  search.addEventListener("keydown", (event) => {
    const count = list.children.length;
    if (event.isComposing) return;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (event.altKey && event.key === "ArrowUp") return close();
      if (list.hidden) {
        if (count > 0 && listed === search.value.trim()) show(true);
        else suggest();
        if (event.altKey) return;
      }
      // One place more than there are options: the box itself.
      const step = event.key === "ArrowDown" ? 1 : -1;
      if (count > 0) choose(((chosen + 1 + step + count + 1) % (count + 1)) - 1);
    } else if (event.key === "Enter" && chosen >= 0) {
      event.preventDefault();
      location.assign(list.children[chosen].dataset.address);
    } else if (event.key === "Escape") {
      // The second time, browsers empty the box.
      if (!list.hidden) event.preventDefault();
      close();
    } else if (["ArrowLeft", "ArrowRight", "Home", "End"].includes(event.key)) {
      // One goes on in the text.
      choose(-1);
    }
  });
  search.addEventListener("blur", close);
  search.form.addEventListener("submit", close);
  // Back from another page, the box shows what this one is about.
  addEventListener("pageshow", (event) => {
    if (!event.persisted) return;
    close();
    list.replaceChildren();
    search.value = search.defaultValue;
  });
  // Before the box loses the focus.
  list.addEventListener("pointerdown", (event) => event.preventDefault());
  list.addEventListener("click", (event) => {
    const line = event.target.closest("li");
    if (line) location.assign(line.dataset.address);
  });
}

// Addresses of lists say what was asked for, and nothing of fields that were left empty.
for (const form of document.querySelectorAll("form[data-sparse]")) {
  form.addEventListener("formdata", ({ formData }) => {
    for (const [name, value] of [...formData]) if (!value.trim()) formData.delete(name);
  });
  // Back from another page, they say what this list is of, as the search box does.
  addEventListener("pageshow", ({ persisted }) => persisted && form.reset());
}

// Going back shows a page as it was left, but what a user saw not after the logout.
if (document.querySelector("form[action='/logout']")) {
  addEventListener("pageshow", async ({ persisted }) => {
    if (persisted && (await fetch("/api/v1/auth/me")).status === 401) location.reload();
  });
}

// A picture that is not there leaves the drawn one to be seen.
for (const picture of document.querySelectorAll(".picture img")) {
  if (picture.complete && picture.naturalWidth === 0) picture.hidden = true;
  picture.addEventListener("error", () => (picture.hidden = true));
}

// A menu closes when one goes elsewhere.
const menus = document.querySelectorAll("details.menu");
document.addEventListener("click", (event) => {
  for (const menu of menus) if (!menu.contains(event.target)) menu.open = false;
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const menu of menus) {
    if (menu.open && menu.contains(document.activeElement)) menu.querySelector("summary").focus();
    menu.open = false;
  }
});

// Times are sent in UTC, and shown as they are where the reader is.
for (const time of document.querySelectorAll("time[data-local]")) {
  const at = new Date(time.dateTime);
  time.title = time.textContent;
  time.textContent = at.toLocaleString(document.documentElement.lang, { dateStyle: "medium", timeStyle: "short" });
}

// Where a picture has no room, its later part is the one to see first.
for (const chart of document.querySelectorAll(".chart.to-end")) {
  chart.scrollLeft = document.documentElement.dir === "rtl" ? -chart.scrollWidth : chart.scrollWidth;
}

// A password can be shown while it is typed.
for (const button of document.querySelectorAll("[data-reveal]")) {
  const field = document.getElementById(button.dataset.reveal);
  button.hidden = false;
  const show = (shown) => {
    field.type = shown ? "text" : "password";
    button.setAttribute("aria-pressed", String(shown));
  };
  button.addEventListener("click", () => show(field.type === "password"));
  // As a text it would be among what browsers remember of forms.
  field.form.addEventListener("submit", () => show(false));
}

// What is shown once can be copied, where the browser allows it.
for (const button of document.querySelectorAll("[data-copy]")) {
  if (!navigator.clipboard) break;
  button.hidden = false;
  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(document.getElementById(button.dataset.copy).textContent);
      button.textContent = button.dataset.copied;
    } catch {
      // It can be selected all the same.
    }
  });
}
