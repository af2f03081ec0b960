#!/usr/bin/env bash
# The page of results in a real browser: it is shown, its filter and its buttons narrow it, a case opens to its text wherever the page was taken, and
# every link leads somewhere. usage: page.sh [PAGE.html [SCREENSHOT.png]]; without one a page of some cases is made. The last line has the figures.
set -uo pipefail
cd "$(dirname "$0")/../.."
passed=0 failed=0 skipped=0
pass() { passed=$((passed + 1)); printf 'ok    %s\n' "$1"; }
fail() { failed=$((failed + 1)); printf 'FAIL  %s\n' "$1"; }
skip() { skipped=$((skipped + 1)); printf 'skip  %s\n' "$1"; }
finish() {
  printf '%d passed, %d failed, %d skipped\n' "$passed" "$failed" "$skipped"
  [[ $failed -eq 0 ]]
  exit
}

for browser in chromium chromium-browser google-chrome chrome; do command -v "$browser" >/dev/null && break; browser=; done
if [[ -z $browser ]]; then
  skip 'the page in a browser: there is no chromium or google-chrome here'
  finish
fi

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
page=${1:-}
if [[ -z $page ]]; then
  page=$scratch/made.html
  dotnet src/LinuxWasm.Cli/bin/Release/net10.0/linuxwasm.dll conform conformance/pipes conformance/tasks --html "$page" >/dev/null
fi
# Elsewhere, and alone: what it needs it must have in it.
mkdir "$scratch/elsewhere"
cp "$page" "$scratch/elsewhere/page.html"
headless() { timeout 120 "$browser" --headless --no-sandbox --disable-gpu --disable-dev-shm-usage --user-data-dir="$scratch/profile" --virtual-time-budget=5000 "$@" 2>/dev/null; }

# What the page's own script has done, asked from within; the answers are one attribute each.
cat >"$scratch/questions.js" <<'JS'
addEventListener('load', async () => {
  const answers = document.documentElement.dataset;
  const rows = kind => [...document.querySelectorAll(`.row.${kind}`)];
  const seen = kind => rows(kind).filter(row => row.getClientRects().length > 0).length;
  const box = document.querySelector('#filter');
  const type = text => { box.value = text; box.dispatchEvent(new Event('input')); };
  answers.rows = `${rows('call').length} ${rows('case').length}`;
  answers.all = `${seen('call')} ${seen('case')}`;
  const one = rows('case')[0].querySelector('.name').textContent;
  type(one);
  answers.one = rows('case').filter(row => row.getClientRects().length > 0 && row.dataset.text.includes(one.toLowerCase())).length === seen('case') && seen('case') > 0 && seen('case') < rows('case').length;
  type('nothing-is-called-so');
  answers.none = `${seen('case')} ${document.querySelectorAll('.none:not([hidden])').length}`;
  type('');
  document.querySelector('.figures button.failed').click();
  answers.failed = seen('case') === rows('case').filter(row => row.dataset.outcomes.includes('failed')).length;
  document.querySelector('.figures button.failed').click();
  const details = rows('case')[0].querySelector('details');
  details.open = true;
  await new Promise(resolve => setTimeout(resolve, 100));
  const isCase = text => (text ?? '').includes('id: ') && text.includes('about: ');
  answers.opened = isCase(details.querySelector('pre')?.textContent) && details.querySelector('pre').getClientRects().length > 0;
  answers.sources = [...document.querySelectorAll('[data-source]')].every(d => isCase(document.getElementById(d.dataset.source)?.content.textContent));
  answers.links = [...document.querySelectorAll('a')].every(a => a.protocol === 'https:' || document.getElementById(a.hash.slice(1)) !== null);
  answers.done = 'yes';
});
JS
sed "s#</body>#<script>$(sed 's/[&#\\]/\\&/g' "$scratch/questions.js" | tr '\n' ' ')</script></body>#" "$scratch/elsewhere/page.html" >"$scratch/elsewhere/asked.html"
answers=$(headless --dump-dom "file://$scratch/elsewhere/asked.html" | grep -aoE '<html [^>]*>' | head -n 1)
answer() { sed -nE "s/.* data-$1=\"([^\"]*)\".*/\1/p" <<<"$answers"; }
if [[ $(answer done) != yes ]]; then
  fail "$browser runs the page's script to its end: $answers"
  finish
fi

[[ $(answer all) == "$(answer rows)" && $(answer rows) =~ ^[1-9][0-9]*\ [1-9] ]] && pass "every row is seen: $(answer rows) calls and cases" || fail "every row is seen: $(answer all) of $(answer rows)"
[[ $(answer one) == true ]] && pass 'the filter leaves the rows that have its words' || fail 'the filter leaves the rows that have its words'
[[ $(answer none) == '0 2' ]] && pass 'where nothing fits, the page says so' || fail "where nothing fits, the page says so: $(answer none)"
[[ $(answer failed) == true ]] && pass 'a button leaves what came out so' || fail 'a button leaves what came out so'
[[ $(answer opened) == true && $(answer sources) == true ]] && pass 'a case opens to its text, with the page away from the cases' || fail "a case opens to its text, with the page away from the cases: one $(answer opened), all $(answer sources)"
[[ $(answer links) == true ]] && pass 'every link leads into the page or to a manual page' || fail 'every link leads into the page or to a manual page'

# The address carries the filter, so that a view of the page can be passed on.
shown=$(headless --dump-dom "file://$scratch/elsewhere/page.html#q=nothing-is-called-so" | grep -aoE '<output[^>]*>[^<]*' | sed 's/.*>//')
[[ $shown == '0 calls, 0 cases' ]] && pass 'the address carries the filter' || fail "the address carries the filter: $shown"

headless --screenshot="$scratch/page.png" --window-size=1280,900 "file://$scratch/elsewhere/page.html" >/dev/null
[[ $(head -c 8 "$scratch/page.png" | od -An -tx1 | tr -d ' \n') == 89504e470d0a1a0a && $(wc -c <"$scratch/page.png") -gt 20000 ]] && pass 'a screenshot has more than a plain surface' || fail 'a screenshot has more than a plain surface'
if [[ -n ${2:-} ]]; then cp "$scratch/page.png" "$2"; fi
finish
