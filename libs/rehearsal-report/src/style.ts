/** The page's only style sheet. Two palettes with the same roles; on paper always the light one. */
export const STYLE = `
:root{color-scheme:light dark;--paper:#fbfaf6;--card:#fff;--ink:#17211f;--soft:#56625f;--line:#dcd8cc;--c1:#0b5a4e;--c2:#a83a12;--c3:#2d4b9b;--c4:#a1281f;--c5:#6b7672;--good:#0b5a4e;--bad:#a1281f;--go:#e0ece6;--nogo:#f9e3df;--none:#efece2;--fault:#f0c9a8}
@media (prefers-color-scheme:dark){:root{--paper:#0f1514;--card:#18201e;--ink:#eceee6;--soft:#a9b5af;--line:#33403c;--c1:#86d8c1;--c2:#ffb08a;--c3:#a9c1ff;--c4:#ffa99c;--c5:#94a39d;--good:#86d8c1;--bad:#ffa99c;--go:#16332d;--nogo:#3d1f1b;--none:#262d2a;--fault:#5c3a22}}
*{box-sizing:border-box}
body{margin:0;background:var(--paper);color:var(--ink);font:1rem/1.5 'Inter','Segoe UI',Roboto,'Helvetica Neue','Noto Sans','Liberation Sans',Arial,sans-serif;-webkit-text-size-adjust:100%}
main{max-width:68rem;margin:0 auto;padding:1.5rem 1rem 3rem;display:grid;grid-template-columns:minmax(0,1fr);gap:1.5rem}
h1,h2,h3,p,ul,dl,dd,figure{margin:0;padding:0}
p{overflow-wrap:anywhere}
h1{font-size:clamp(1.6rem,1.2rem + 2vw,2.3rem);line-height:1.15;overflow-wrap:anywhere;margin:.2rem 0}
h2{font-size:1.3rem;margin-bottom:.5rem}
h3{font-size:1rem;margin:.75rem 0 .35rem}
section{background:var(--card);border:1px solid var(--line);border-radius:12px;padding:1rem}
.soft{color:var(--soft)}
.fine{font-size:.85rem}
.good{color:var(--good);font-weight:650;white-space:nowrap}
.bad{color:var(--bad);font-weight:650;white-space:nowrap}
.verdict{margin-top:.9rem;padding:1rem;border-radius:12px;border:2px solid;display:grid;gap:.25rem;overflow-wrap:anywhere}
.verdict strong{font-size:1.7rem;line-height:1.1}
.verdict-go{background:var(--go);border-color:var(--good)}.verdict-go strong{color:var(--good)}
.verdict-no-go{background:var(--nogo);border-color:var(--bad)}.verdict-no-go strong{color:var(--bad)}
.verdict-none{background:var(--none);border-color:var(--soft)}
.numbers{display:grid;grid-template-columns:repeat(auto-fit,minmax(8.2rem,1fr));gap:.6rem}
.numbers div{background:var(--card);border:1px solid var(--line);border-radius:10px;padding:.5rem .7rem}
.numbers dt{font-size:.8rem;color:var(--soft)}
.numbers dd{font-size:1.15rem;font-weight:650;font-variant-numeric:tabular-nums}
table{border-collapse:collapse;width:100%;font-size:.9rem}
caption{text-align:left;color:var(--soft);font-size:.85rem;padding-bottom:.25rem}
th,td{text-align:left;padding:.4rem .5rem;border-top:1px solid var(--line);vertical-align:top;font-weight:400;overflow-wrap:anywhere}
thead th{font-size:.8rem;color:var(--soft);border-top:0;font-weight:600}
tr>:first-child{padding-left:0}tr>:last-child{padding-right:0}
.figure{text-align:right;font-variant-numeric:tabular-nums;overflow-wrap:break-word}
.short{white-space:nowrap}
code{font-family:ui-monospace,'Cascadia Mono','Liberation Mono',Menlo,monospace;font-size:.85em}
th code{color:var(--soft);display:block}
pre{margin:0;padding:.7rem;border-radius:8px;background:var(--none);white-space:pre-wrap;overflow-wrap:anywhere}
.charts{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,22rem),1fr));gap:1.25rem;margin-top:.75rem}
.pair{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,20rem),1fr));gap:1.25rem;align-items:start}
.columns{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,15rem),1fr));gap:0 1.5rem}
figcaption{font-weight:650;font-size:.95rem}
figure svg{display:block;width:100%;height:auto;overflow:visible}
svg text{font-size:11px;fill:var(--soft)}
svg .letter{font-weight:700;fill:var(--ink)}
svg .limit-word{fill:var(--bad)}
.grid{stroke:var(--line);fill:none}
.limit{stroke:var(--bad);stroke-dasharray:2 3;fill:none}
.stretch{fill:var(--fault);opacity:.6}
.moment{fill:var(--soft)}
.line{fill:none;stroke-width:2;stroke-linejoin:round;stroke-linecap:round}
.look-1{stroke:var(--c1)}.look-2{stroke:var(--c2);stroke-dasharray:6 4}.look-3{stroke:var(--c3);stroke-dasharray:1 4}.look-4{stroke:var(--c4);stroke-dasharray:8 3 2 3}.look-5{stroke:var(--c5);stroke-width:1.5}
.legend{display:flex;flex-wrap:wrap;gap:.2rem 1rem;font-size:.85rem;color:var(--soft);padding-left:12%}
.legend span{display:inline-flex;align-items:center;gap:.4rem}
.legend svg{width:26px;height:8px}
.events{list-style:none;margin-top:.75rem;font-size:.9rem}
.spark{width:100%;max-width:14rem;min-width:4rem;height:22px;display:block;margin-left:auto}
.spark .line{stroke-width:1.5;vector-effect:non-scaling-stroke}
.spark .full{stroke:var(--line);vector-effect:non-scaling-stroke;fill:none}
.checks{list-style:none;display:grid;gap:.35rem;margin-bottom:.75rem;overflow-wrap:anywhere}
.facts div{display:flex;justify-content:space-between;gap:1rem;padding:.25rem 0;border-top:1px solid var(--line);font-size:.9rem}
.facts dt{color:var(--soft)}.facts dd{text-align:right;overflow-wrap:anywhere;min-width:0}
@media (max-width:30rem){th,td{padding:.35rem .25rem}table{font-size:.82rem}section{padding:.8rem}.numbers{grid-template-columns:repeat(2,1fr)}
.stacked thead tr,.stacked tbody tr{display:grid;grid-template-columns:repeat(4,1fr)}.stacked tr>:first-child{grid-column:1/-1}.stacked tr>:first-child~*{border-top:0;padding-top:0}.stacked tr>:nth-child(2){text-align:left;padding-left:0}}
@page{size:A4;margin:14mm 12mm}
@media print{
:root{color-scheme:light;--paper:#fff;--card:#fff;--ink:#000;--soft:#444;--line:#bbb;--c1:#0b5a4e;--c2:#a83a12;--c3:#2d4b9b;--c4:#a1281f;--c5:#666;--good:#0b5a4e;--bad:#a1281f;--go:#fff;--nogo:#fff;--none:#f3f3f3;--fault:#ddd}
*{-webkit-print-color-adjust:exact;print-color-adjust:exact}
html{font-size:9.5pt}main{padding:0;max-width:none;display:block}
section{border:0;border-radius:0;padding:0;margin-top:7mm}
.numbers{margin-top:4mm;grid-template-columns:repeat(4,1fr)}
.charts{grid-template-columns:1fr 1fr}.pair{grid-template-columns:1fr 1fr}.columns{grid-template-columns:repeat(3,1fr)}
h2,h3,caption{break-after:avoid}figure,tr,.facts div,.verdict,.numbers div,pre{break-inside:avoid}
}
`;
