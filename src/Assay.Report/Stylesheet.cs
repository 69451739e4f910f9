namespace Assay.Report;

/// <summary>
/// The one stylesheet. Colours are those of Okabe and Ito (2008), darkened where they colour text so that the contrast is 4.5 or more, and
/// lighter on a dark screen; none of them carries a meaning alone.
/// </summary>
internal static class Stylesheet
{
    public const string Text = """
        :root{color-scheme:light dark;--ink:#1b1f24;--soft:#57606a;--paper:#fff;--shade:#f4f6f8;--line:#d0d7de;--link:#0550ae;--one:#0072b2;--two:#d55e00;--three:#009e73;--four:#b0528c;
        --good:#00664a;--bad:#9c3600;--open:#6b5500;--good-shade:#e3f5ef;--bad-shade:#fdeade;--open-shade:#fcf4d4;--only-one:#d5eaf8;--only-two:#fde1cd}
        @media screen and (prefers-color-scheme:dark){:root{--ink:#e6edf3;--soft:#a2abb5;--paper:#0d1117;--shade:#171d25;--line:#363d46;--link:#79b8ff;--one:#56b4e9;--two:#f0944d;--three:#3cc79d;--four:#e39ac4;
        --good:#5ad6ac;--bad:#ffab70;--open:#e8cf5a;--good-shade:#0f2a22;--bad-shade:#3a2114;--open-shade:#312a0c;--only-one:#143a55;--only-two:#54300f}}
        *{box-sizing:border-box}body{font:1rem/1.5 system-ui,-apple-system,"Segoe UI",Roboto,sans-serif;max-width:72rem;margin:0 auto;padding:1rem;color:var(--ink);background:var(--paper);overflow-wrap:break-word}
        h1{font-size:1.6rem;line-height:1.25;margin:.5rem 0}h2{font-size:1.25rem;margin:2.2rem 0 .5rem;padding-top:.6rem;border-top:1px solid var(--line)}h3{font-size:1.05rem;margin:1.2rem 0 .3rem}
        p,ul{margin:.5rem 0}ul{padding-left:1.3rem}a{color:var(--link)}code{font:.88em/1.4 ui-monospace,Consolas,monospace;overflow-wrap:anywhere}
        .skip{position:absolute;left:-100vw}.skip:focus{left:1rem;top:0;background:var(--paper);padding:.3rem .6rem;z-index:1}
        :focus-visible{outline:3px solid var(--one);outline-offset:2px}
        nav ul{list-style:none;padding:0;display:flex;flex-wrap:wrap;gap:.2rem 1rem}nav li a{display:inline-block;padding:.15rem 0}
        .scroll{overflow-x:auto;margin:.6rem 0}table{border-collapse:collapse;font-size:.9rem;width:max-content}caption{text-align:left;font-weight:600;padding:.2rem 0;white-space:nowrap}
        th,td{text-align:left;max-width:24rem;padding:.3rem .8rem .3rem 0;border-bottom:1px solid var(--line);vertical-align:top}thead th{color:var(--soft);font-weight:600;vertical-align:bottom}tbody th{font-weight:400}
        td.n,th.n{text-align:right;font-variant-numeric:tabular-nums}td.n{white-space:nowrap}thead th.n{max-width:7.5rem}
        .kept,.good{color:var(--good)}.review,.open{color:var(--open)}.quarantine,.bad{color:var(--bad)}
        .note{color:var(--soft);font-size:.9rem}.warning,.missing{border-left:5px solid var(--open);background:var(--open-shade);padding:.5rem .8rem;margin:.6rem 0}
        .verdict{border:2px solid;border-left-width:12px;border-radius:4px;padding:.6rem 1rem;margin:1rem 0;color:var(--ink)}.verdict strong{font-size:1.35rem;display:block;line-height:1.3}
        .verdict .plain{font-size:1.05rem}.verdict.is-good{border-color:var(--good);background:var(--good-shade)}.verdict.is-bad{border-color:var(--bad);background:var(--bad-shade)}.verdict.is-open{border-color:var(--open);background:var(--open-shade)}
        .glance{display:grid;grid-template-columns:repeat(auto-fill,minmax(10rem,1fr));gap:.6rem;margin:1rem 0}.glance div{background:var(--shade);border-radius:4px;padding:.5rem .7rem}
        .glance dt{color:var(--soft);font-size:.85rem}.glance dd{margin:0;font-size:1.3rem;font-variant-numeric:tabular-nums}.glance dd small{display:block;font-size:.8rem;color:var(--soft)}
        .charts{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(19rem,100%),1fr));gap:1rem 1.5rem;align-items:start}
        figure{margin:.5rem 0;min-width:0}figcaption{font-weight:600;font-size:.9rem}figure svg{display:block;width:100%;height:auto}figure svg.long{width:auto;max-width:none}
        svg text{font:11px system-ui,-apple-system,"Segoe UI",Roboto,sans-serif;fill:var(--soft);paint-order:stroke;stroke:var(--paper);stroke-width:3px;stroke-linejoin:round}svg text.name{fill:var(--ink)}svg .grid{stroke:var(--line);stroke-width:1}svg .mark{stroke:var(--soft);stroke-width:1;stroke-dasharray:4 3;fill:none}
        svg .line{fill:none;stroke-width:1.75;stroke-linejoin:round}svg .one{stroke:var(--one)}svg .two{stroke:var(--two);stroke-dasharray:6 3}svg .three{stroke:var(--three);stroke-dasharray:2 3}svg .four{stroke:var(--four);stroke-dasharray:9 3 2 3}
        svg .dot{fill:var(--one)}svg .limit{stroke:var(--bad);stroke-width:1.5;fill:none}svg text.limit{fill:var(--bad);stroke:var(--paper);stroke-width:3px}svg .dot.two{fill:var(--two);stroke:none}svg .dot.three{fill:var(--three);stroke:none}svg .dot.four{fill:var(--four);stroke:none}svg .dot.hollow{fill:var(--paper);stroke:var(--one);stroke-width:1.75}svg .whisker{stroke:var(--one);stroke-width:2;fill:none}svg .whisker.two{stroke:var(--two);stroke-dasharray:none}
        svg .bar{fill:var(--one)}svg .box{fill:var(--one);fill-opacity:.3;stroke:var(--one)}svg .median{stroke:var(--ink);stroke-width:2}
        pre,.text{white-space:pre-wrap;overflow-wrap:anywhere;background:var(--shade);padding:.5rem .7rem;margin:.2rem 0;font:.88rem/1.5 system-ui,sans-serif;border-radius:4px}
        details{margin:.6rem 0}details h3{font-size:.9rem;margin:.3rem 0}summary{cursor:pointer;padding:.25rem 0}.pair{display:grid;grid-template-columns:1fr 1fr;gap:.8rem}.pair>div{min-width:0}.pair h4{font-size:.9rem;margin:.3rem 0}
        mark{color:inherit;border-radius:2px}.chosen mark{background:var(--only-one);border-bottom:2px solid var(--one)}.rejected mark{background:var(--only-two);border-bottom:2px dashed var(--two)}
        footer{margin-top:2.5rem;border-top:1px solid var(--line);color:var(--soft);font-size:.9rem}
        table.stacked{width:100%}table.stacked code{overflow-wrap:normal;word-break:normal}dl.why dt{font-weight:600;margin-top:.5rem}dl.why dd{margin:0 0 .3rem 1rem;max-width:60rem}
        @media screen and (max-width:40rem){table.stacked thead{position:absolute;left:-100vw}table.stacked,table.stacked tbody,table.stacked tr,table.stacked th,table.stacked td,table.stacked caption{display:block;max-width:none;text-align:left;white-space:normal}
        table.stacked tr{border-bottom:1px solid var(--line);padding:.4rem 0}table.stacked th,table.stacked td{border:0;padding:.05rem 0}table.stacked tbody th{font-weight:600}table.stacked td::before{content:attr(data-label) ": ";color:var(--soft)}table.stacked td.n{display:inline-block;padding-right:1rem}}
        @media (max-width:40rem){body{padding:.7rem}tbody th{max-width:10rem}td{max-width:18rem}caption{white-space:normal}.pair{grid-template-columns:1fr}h1{font-size:1.35rem}}
        @media print{#everything:not(:target) .detail,#everything:not(:target) footer,.screen{display:none}#everything:not(:target) .glance div{padding:.2rem .5rem}#everything:not(:target) h2{margin-top:.8rem}html{font-size:10pt}body{max-width:none;padding:0}nav,.skip{display:none}.scroll{overflow:visible}table{width:100%;font-size:7.5pt}td.n,caption{white-space:normal}th,td{max-width:none;padding-right:.35rem}td:not(.n),tbody th{overflow-wrap:anywhere}
        tr,figure,.glance div,.verdict{break-inside:avoid}h2,h3,h4,caption,summary{break-after:avoid}thead{display:table-header-group}details::details-content{content-visibility:visible!important;block-size:auto!important}
        .charts{grid-template-columns:1fr 1fr}.verdict,.glance div,.warning,.missing,pre,.text,mark,svg *{print-color-adjust:exact;-webkit-print-color-adjust:exact}a{color:inherit}}
        """;
}
