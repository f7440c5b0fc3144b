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
