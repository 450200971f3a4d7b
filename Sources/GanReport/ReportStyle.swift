/// The style and the script of a report.
enum ReportStyle {
  static let css = """
    :root{color-scheme:light dark;--page:#f6f7f9;--card:#fff;--ink:#1b1f26;--soft:#5d6673;--edge:#dde1e7;--bad:#b4530a;\
    --badbg:#fff4e6;--focus:#1f6feb}
    @media(prefers-color-scheme:dark){:root{--page:#14171b;--card:#1c2026;--ink:#e8eaed;--soft:#9aa4b1;--edge:#323943;\
    --bad:#ffb366;--badbg:#33261a;--focus:#6ea8ff}}
    *{box-sizing:border-box}
    body{margin:0;background:var(--page);color:var(--ink);font:15px/1.5 system-ui,sans-serif}
    header,main,footer{max-width:1240px;margin:0 auto;padding:0 16px}
    header{padding-top:20px}
    h1{font-size:1.5rem;margin:0 0 8px;overflow-wrap:anywhere}
    h1 .state{font-size:.8rem;font-weight:500;color:var(--soft);border:1px solid var(--edge);border-radius:99px;\
    padding:2px 10px;vertical-align:middle}
    h2{font-size:1.05rem;margin:0 0 10px}
    h3{font-size:.95rem;margin:14px 0 6px;overflow-wrap:anywhere}
    footer{color:var(--soft);font-size:.85rem;padding-bottom:24px}
    .report section{background:var(--card);border:1px solid var(--edge);border-radius:10px;padding:14px 16px;\
    margin:0 0 16px}
    button{font:inherit;color:inherit;background:none;border:1px solid var(--edge);border-radius:7px;padding:3px 10px;\
    cursor:pointer}
    button:hover{border-color:var(--soft)}
    button:focus-visible,input:focus-visible,summary:focus-visible{outline:2px solid var(--focus);outline-offset:2px}
    button[aria-pressed=true]{border-color:var(--focus);color:var(--focus)}
    .tools{display:flex;gap:8px;align-items:center;flex-wrap:wrap;margin:0 0 10px}
    .tools input{flex:1 1 160px;min-width:0;accent-color:var(--focus)}
    .tools output{min-width:6.5em;color:var(--soft);font-variant-numeric:tabular-nums}
    .hint,.notes{color:var(--soft);font-size:.88rem;margin:10px 0 0}
    .notes{padding-left:18px;overflow-wrap:anywhere}
    .failure{border-left:4px solid var(--bad);background:var(--badbg);border-radius:4px;padding:8px 12px;margin:0 0 8px;\
    overflow-wrap:anywhere}
    .failure b{color:var(--bad)}.failure p{margin:4px 0 0}.failure small{color:var(--soft)}
    .scroll{overflow-x:auto}
    .facts{border-collapse:collapse;font-size:.92rem}
    .facts th{text-align:left;font-weight:500;color:var(--soft);padding:3px 18px 3px 0;vertical-align:top}
    .facts td{padding:3px 18px 3px 0;font-variant-numeric:tabular-nums;vertical-align:top;overflow-wrap:anywhere}
    .facts td{min-width:6em}
    .charts{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(100%,340px),1fr));gap:14px 18px}
    .chart{margin:0;min-width:0}
    .chart.wide{grid-column:1/-1}
    .chart figcaption{display:flex;gap:8px;align-items:baseline;font-size:.88rem}
    .chart figcaption b{overflow-wrap:anywhere}
    .chart figcaption small{color:var(--soft)}
    .chart output{margin-left:auto;color:var(--soft);font-variant-numeric:tabular-nums;text-align:right}
    .chart button{border:0;padding:0 4px;color:var(--soft)}
    .plot{position:relative;height:170px;margin:6px 0 22px 46px;border-left:1px solid var(--edge);\
    border-bottom:1px solid var(--edge);touch-action:pan-y}
    .chart.wide .plot{height:min(60vh,460px)}
    .plot svg{position:absolute;inset:0;width:100%;height:100%;overflow:visible}
    .plot path{fill:none;vector-effect:non-scaling-stroke;stroke-linejoin:round}
    .grid{stroke:var(--edge);stroke-width:1}
    .raw{stroke:var(--line);stroke-width:1;opacity:.32}
    .smooth{stroke:var(--line);stroke-width:2}
    .plot span{position:absolute;font-size:11px;color:var(--soft);line-height:1;white-space:nowrap}
    .plot .y{right:calc(100% + 5px);transform:translateY(-50%)}
    .plot .x{top:calc(100% + 5px);transform:translateX(-50%)}
    .mark{position:absolute;width:11px;height:11px;margin:-5.5px;border-radius:50%;border:2px solid var(--card);\
    background:var(--line)}
    .cursor{position:absolute;top:0;bottom:0;width:1px;background:var(--soft);display:none;pointer-events:none}
    .log{display:none}
    .logscale .plot:not(.only) .lin{display:none}
    .logscale .plot:not(.only) .log{display:block}
    .noraw .raw{display:none}
    .key{display:inline-block;width:11px;height:11px;border-radius:3px;background:var(--line);margin-right:6px}
    .legend{position:sticky;top:0;z-index:1;display:flex;flex-wrap:wrap;gap:6px;padding:8px 0;background:var(--page)}
    .legend button{overflow-wrap:anywhere;text-align:left}
    .legend button[aria-pressed=false]{opacity:.45}
    .legend button .key{display:inline-block!important}
    .film .sheet{display:block;max-width:100%;height:auto;margin:0 auto 10px;border:1px solid var(--edge);\
    border-radius:6px;background:#fff}
    .strip{display:flex;gap:8px;overflow-x:auto;padding-bottom:6px}
    .strip button{flex:none;padding:3px;border-radius:6px}
    .strip button.on{border-color:var(--focus);box-shadow:0 0 0 1px var(--focus)}
    .strip img{display:block;height:84px;width:auto;border-radius:3px;background:#fff}
    .strip span{font-size:11px;color:var(--soft);font-variant-numeric:tabular-nums}
    pre{overflow-x:auto;font-size:.82rem;line-height:1.4;margin:10px 0 0}
    summary{cursor:pointer}
    @media(max-width:600px){header,main,footer{padding-left:10px;padding-right:10px}.report section{padding:12px}}
    @media print{.report section{break-inside:avoid}.tools,.strip{display:none}}

    """

  /// Listens on the document, so that parts of the page can be replaced at any time.
  static let script = """
    (() => {
      const films = new Map();
      const show = (film, index) => {
        const buttons = film.querySelectorAll('.strip button');
        index = Math.max(0, Math.min(buttons.length - 1, index));
        const sheet = film.querySelector('.sheet'), picture = buttons[index].querySelector('img');
        for (const name of ['src', 'width', 'height', 'alt']) sheet.setAttribute(name, picture.getAttribute(name));
        buttons.forEach((button, at) => button.classList.toggle('on', at === index));
        const slider = film.querySelector('input');
        if (slider) slider.value = index;
        film.querySelector('output').textContent = 'step ' + buttons[index].querySelector('span').textContent;
        const strip = film.querySelector('.strip'), button = buttons[index];
        strip.scrollLeft = button.offsetLeft - strip.offsetLeft - (strip.clientWidth - button.clientWidth) / 2;
      };
      const stop = film => {
        clearInterval(films.get(film));
        films.delete(film);
        const button = film.querySelector('[data-do=play]');
        if (button) button.textContent = '▶';
      };
      const play = film => {
        if (films.has(film)) return stop(film);
        const slider = film.querySelector('input');
        if (+slider.value >= +slider.max) show(film, 0);
        film.querySelector('[data-do=play]').textContent = '⏸';
        films.set(film, setInterval(() => {
          if (!film.isConnected || +slider.value >= +slider.max) return stop(film);
          show(film, +slider.value + 1);
        }, 450));
      };
      const toggle = (button, name, hides) => {
        const on = document.body.classList.toggle(name);
        document.querySelectorAll(`[data-do="${button.dataset.do}"][aria-pressed]`).forEach(
          other => other.setAttribute('aria-pressed', on !== hides));
      };
      document.addEventListener('input', event => {
        const film = event.target.closest('.film');
        if (film) { stop(film); show(film, +event.target.value); }
      });
      document.addEventListener('click', event => {
        const button = event.target.closest('.report button');
        if (!button) return;
        const film = button.closest('.film');
        if (button.dataset.frame !== undefined) { stop(film); show(film, +button.dataset.frame); }
        else if (button.dataset.run !== undefined)
          button.setAttribute('aria-pressed', !document.body.classList.toggle('hide-' + button.dataset.run));
        else if (button.dataset.do === 'play') play(film);
        else if (button.dataset.do === 'log') toggle(button, 'logscale', false);
        else if (button.dataset.do === 'raw') toggle(button, 'noraw', true);
        else if (button.dataset.do === 'wide') button.closest('.chart').classList.toggle('wide');
      });
      const nearest = (steps, step) => {
        let low = 0, high = steps.length - 1;
        while (high - low > 1) { const middle = (low + high) >> 1; if (steps[middle] < step) low = middle; else high = middle; }
        return Math.abs(steps[low] - step) <= Math.abs(steps[high] - step) ? low : high;
      };
      const read = (plot, event) => {
        const figure = plot.closest('.chart'), data = figure.dataset, output = figure.querySelector('output');
        if (output.dataset.usual === undefined) output.dataset.usual = output.textContent;
        const box = plot.getBoundingClientRect(), cursor = plot.querySelector('.cursor');
        const share = Math.max(0, Math.min(1, (event.clientX - box.left) / box.width));
        const step = +data.low + share * (data.high - data.low);
        const shown = JSON.parse(data.lines).filter(line => !document.body.classList.contains('hide-' + line[0]));
        const places = shown.map(line => { const at = nearest(line[1], step); return [line[0], line[1][at], line[2][at]]; });
        if (!places.length) return;
        output.replaceChildren(...places.map(place => {
          const part = document.createElement('span'), key = document.createElement('i');
          key.className = 'key r' + place[0];
          part.append(...(shown.length > 1 ? [key] : []), place[2] + ' ');
          return part;
        }), `${data.unit} ${Math.round(places[0][1])}`);
        cursor.style.left = (places[0][1] - data.low) / (data.high - data.low) * 100 + '%';
        cursor.style.display = 'block';
      };
      document.addEventListener('pointermove', event => {
        const plot = event.target.closest && event.target.closest('.plot');
        document.querySelectorAll('.cursor').forEach(cursor => {
          if (cursor.parentNode === plot || cursor.style.display !== 'block') return;
          cursor.style.display = 'none';
          const output = cursor.closest('.chart').querySelector('output');
          output.textContent = output.dataset.usual;
        });
        if (plot) read(plot, event);
      });
    })();

    """
}
