const box = document.querySelector('#filter');
const figures = [...document.querySelectorAll('.figures button')];
const rows = [...document.querySelectorAll('[data-text]')];
const sections = [...document.querySelectorAll('section[data-kind]')];
const shown = document.querySelector('#shown');

// Words that all must be there; a word with a minus must not. What is pressed above narrows the cases.
function apply() {
  const words = box.value.toLowerCase().split(/\s+/).filter(w => w && w !== '-');
  const outcomes = figures.filter(f => f.getAttribute('aria-pressed') === 'true').map(f => f.value);
  for (const row of rows) {
    const text = row.dataset.text;
    const fits = words.every(w => w[0] === '-' ? !text.includes(w.slice(1)) : text.includes(w));
    row.hidden = !fits || (outcomes.length > 0 && !outcomes.some(o => row.dataset.outcomes.split(' ').includes(o)));
  }
  const counts = [];
  for (const section of sections) {
    const all = [...section.querySelectorAll('[data-text]')];
    const visible = all.filter(row => !row.hidden).length;
    section.querySelector('.none').hidden = visible > 0;
    counts.push(`${visible} ${section.dataset.kind}${visible === 1 ? '' : 's'}`);
    for (const family of section.querySelectorAll('[data-family]'))
      family.hidden = !family.querySelector('[data-text]:not([hidden])');
  }
  shown.textContent = counts.join(', ');
  const hash = new URLSearchParams();
  if (box.value.trim()) hash.set('q', box.value.trim());
  if (outcomes.length) hash.set('only', outcomes.join(' '));
  history.replaceState(null, '', '#' + hash);
}

function read() {
  const hash = new URLSearchParams(location.hash.slice(1));
  // #calls and #cases are places, not filters.
  if (document.getElementById(location.hash.slice(1))) return;
  box.value = hash.get('q') ?? '';
  const only = (hash.get('only') ?? '').split(' ');
  for (const figure of figures) figure.setAttribute('aria-pressed', only.includes(figure.value));
  apply();
}

// A case's text stands once in the page, and is put in where it is opened.
for (const details of document.querySelectorAll('[data-source]'))
  details.addEventListener('toggle', () => {
    if (details.open && !details.querySelector('pre'))
      details.append(document.getElementById(details.dataset.source).content.cloneNode(true));
  });

box.addEventListener('input', apply);
for (const figure of figures)
  figure.addEventListener('click', () => {
    figure.setAttribute('aria-pressed', figure.getAttribute('aria-pressed') !== 'true');
    apply();
  });
document.querySelector('#theme').addEventListener('click', () => {
  const root = document.documentElement;
  const dark = root.dataset.theme ? root.dataset.theme === 'dark' : matchMedia('(prefers-color-scheme: dark)').matches;
  root.dataset.theme = dark ? 'light' : 'dark';
});
addEventListener('keydown', key => {
  if (key.key === '/' && document.activeElement !== box) { box.focus(); box.select(); key.preventDefault(); }
  if (key.key === 'Escape' && document.activeElement === box) { box.value = ''; apply(); }
});
addEventListener('hashchange', read);
read();
