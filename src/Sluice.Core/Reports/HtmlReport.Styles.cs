namespace Sluice.Reports;

public static partial class HtmlReport
{
    internal const string Styles = """
        :root{color-scheme:light dark;--bg:#f6f7f9;--card:#fff;--ink:#17202b;--soft:#5c6875;--line:#e2e6eb;--base:#2f6fde;--good:#1d8a5b;--fair:#b7791f;--bad:#c8402f;--rail:#e8ecf1}
        @media(prefers-color-scheme:dark){:root{--bg:#12161c;--card:#1a2028;--ink:#e7ebf0;--soft:#97a3b0;--line:#2b333d;--base:#6ea0ff;--good:#4fc48e;--fair:#e0aa4e;--bad:#f0806f;--rail:#2a323c}}
        *{box-sizing:border-box}body{margin:0;background:var(--bg);color:var(--ink);font:15px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,sans-serif}
        header,main,.tiles{max-width:1120px;margin:0 auto;padding:0 24px}header{display:flex;justify-content:space-between;gap:24px;flex-wrap:wrap;padding-top:36px;align-items:center}
        h1{font-size:34px;margin:0;letter-spacing:-.02em}h2{font-size:20px;margin:0 0 12px}h3{font-size:14px;margin:0 0 8px}.eyebrow{margin:0;color:var(--soft);text-transform:uppercase;font-size:12px;letter-spacing:.08em}
        .sub,.note,.stats,.type{color:var(--soft);margin:4px 0}.note,.stats,.type{font-size:13px}.bad strong,.bad{color:var(--bad)}code{font:12px ui-monospace,Menlo,Consolas,monospace;overflow-wrap:anywhere}
        .scores{display:flex;gap:16px}.score{margin:0;text-align:center;width:116px;color:var(--good)}.score.fair{color:var(--fair)}.score.poor{color:var(--bad)}.score.none{color:var(--soft)}
        .score svg{width:96px;height:96px}.score .rail{fill:none;stroke:var(--rail);stroke-width:9}.score .arc{fill:none;stroke:currentColor;stroke-width:9;stroke-linecap:round}.score text{fill:var(--ink);font-size:22px;font-weight:600;text-anchor:middle}.score figcaption{font-size:12px;color:var(--soft)}
        .tiles{display:grid;grid-template-columns:repeat(auto-fit,minmax(150px,1fr));gap:12px;margin:24px auto}.tile,section:not(.tiles),.card{background:var(--card);border:1px solid var(--line);border-radius:12px}.tile{padding:14px 18px}.tile b{display:block;font-size:24px;letter-spacing:-.01em}.tile span{color:var(--soft);font-size:13px}
        main section{padding:22px 24px;margin:0 0 18px}.two{display:grid;grid-template-columns:repeat(auto-fit,minmax(320px,1fr));gap:28px}
        .bar{display:grid;grid-template-columns:minmax(90px,38%) 1fr auto;gap:10px;align-items:center;font-size:13px;margin:5px 0}.label{overflow:hidden;text-overflow:ellipsis;white-space:nowrap}.track{display:block;height:9px;background:var(--rail);border-radius:5px;overflow:hidden}.fill{display:block;height:100%;background:var(--base);border-radius:5px;min-width:1px}.fill.bad{background:var(--bad)}.fill.good{background:var(--good)}.num{font-variant-numeric:tabular-nums;color:var(--soft);min-width:52px;text-align:right}
        .scroll{overflow-x:auto}.scroll+h3,.note+h3{margin-top:22px}table{border-collapse:collapse;width:100%;font-size:13px}th,td{text-align:left;padding:7px 10px;border-bottom:1px solid var(--line);vertical-align:top}th{color:var(--soft);font-weight:500}.r{text-align:right;font-variant-numeric:tabular-nums}td.up{color:var(--good)}td.down{color:var(--bad)}
        .sev{white-space:nowrap;padding:1px 8px;border-radius:9px;border:1px solid currentColor;font-size:12px}.sev.critical,.sev.high{color:var(--bad)}.sev.medium{color:var(--fair)}.sev.low{color:var(--soft)}
        .cards{display:grid;grid-template-columns:repeat(auto-fill,minmax(250px,1fr));gap:12px}.card{padding:14px 16px;min-width:0}.card h3{overflow:hidden;text-overflow:ellipsis;white-space:nowrap;margin:0}.type{margin-top:0}
        .missing{display:grid;grid-template-columns:64px 1fr;gap:8px;align-items:center;font-size:12px;color:var(--soft);margin:6px 0 10px}.missing .track{height:6px}.missing .fill{min-width:0}.hist{width:100%;height:56px;display:block}.hist rect{fill:var(--base)}.trend{width:100%;max-height:160px}.trend polyline{fill:none;stroke:var(--base);stroke-width:2}.trend circle{fill:var(--base)}.axis{display:flex;justify-content:space-between;font-size:11px;color:var(--soft)}.card .bar{grid-template-columns:minmax(70px,45%) 1fr auto;font-size:12px;margin:3px 0}.card .num{min-width:34px}
        @media print{body{background:#fff}section,.card{break-inside:avoid}}
        """;
}
