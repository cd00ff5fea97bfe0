using System.Text.Json;
using Sluice.Maps;

namespace Sluice.Reports;

/// <summary>A map of a table as one page that needs nothing else: points to look at, by colour, with their neighbours, holes and doubtful labels.</summary>
public static class MapReport
{
    static readonly JsonSerializerOptions json = new() { NumberHandling = System.Text.Json.Serialization.JsonNumberHandling.AllowNamedFloatingPointLiterals };

    /// <param name="title">What is shown.</param>
    /// <param name="map">The map.</param>
    public static string Render(string title, DatasetMap map) => Html.Of($"""
        <!doctype html>
        <html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
        <title>{title} – map</title><style>{Html.Raw(HtmlReport.Styles)}{Html.Raw(Styles)}</style></head><body>
        <header><div><p class="eyebrow">map</p><h1>{title}</h1></div></header>
        <section class="tiles">{Tile($"{map.Rows:N0}", "rows")}{Tile($"{map.Snippets.Count:N0}", "shown")}{Tile($"{map.Holes.Count:N0}", "not covered")}{Tile($"{map.SuspectedLabels.Count:N0}", "labels in doubt")}</section>
        <main>
        <section><div class="bar-top"><label>Colour <select id="by"></select></label><span class="note">Near points are alike. Wheel: zoom. Drag: move. Click: nearest rows.</span></div>
        <div class="stage"><canvas id="map" tabindex="0" role="img" aria-label="Map of the rows: near points are alike"></canvas><div id="tip" hidden></div></div><div id="legend"></div><ol id="near"></ol></section>
        {Holes(map)}{Labels(map)}
        </main><script>const data={Html.Raw(Data(map))};{Html.Raw(Script)}</script></body></html>
        """).ToString();

    static Html Tile(string number, string label) => Html.Of($"""<div class="tile"><b>{number}</b><span>{label}</span></div>""");

    static Html Holes(DatasetMap map) => map.Holes.Count == 0 ? Html.Empty : Html.Of($"""
        <section><h2>Not covered</h2><p class="note">Rows that no row near stands for, the farthest first.</p>
        <div class="scroll"><table><thead><tr><th>row</th><th class="r">distance</th></tr></thead><tbody>{map.Holes.Select(h => Html.Of($"""<tr data-row="{h.Row}"><td>{map.Snippets[h.Row]}</td><td class="r">{h.Distance:0.###}</td></tr>"""))}</tbody></table></div></section>
        """);

    static Html Labels(DatasetMap map) => map.SuspectedLabels.Count == 0 ? Html.Empty : Html.Of($"""
        <section><h2>Labels in doubt</h2><p class="note">Most of the ten nearest rows have another label.</p>
        <div class="scroll"><table><thead><tr><th>row</th><th>label</th><th>neighbours say</th><th class="r">of 10</th></tr></thead><tbody>{map.SuspectedLabels.Select(s => Html.Of($"""<tr data-row="{s.Row}"><td>{map.Snippets[s.Row]}</td><td>{s.Given}</td><td>{s.Suggested}</td><td class="r">{s.Votes}</td></tr>"""))}</tbody></table></div></section>
        """);

    // Text of rows ends no script: the encoder escapes <, > and &.
    static string Data(DatasetMap map) => JsonSerializer.Serialize(
        new
        {
            places = map.Places.Select(p => MathF.Round(p, 3)),
            text = map.Snippets,
            colours = map.Colours.Select(c => new { name = c.Name, numbers = c.Numbers?.Select(n => float.IsFinite(n) ? n : (float?)null), kinds = c.Kinds, kind = c.Kind }),
            near = map.Neighbours,
            k = map.NeighbourCount,
            holes = map.Holes.Select(h => h.Row),
            doubts = map.SuspectedLabels.Select(s => s.Row),
        },
        json);

    const string Styles = """
        .bar-top{display:flex;gap:16px;align-items:center;flex-wrap:wrap;margin-bottom:10px}select{font:inherit;color:inherit;background:var(--card);border:1px solid var(--line);border-radius:8px;padding:4px 8px}
        .stage{position:relative}canvas{width:100%;height:min(70vh,640px);display:block;background:var(--bg);border:1px solid var(--line);border-radius:10px;cursor:grab;touch-action:none}
        #tip{position:absolute;max-width:340px;background:var(--card);border:1px solid var(--line);border-radius:8px;padding:6px 10px;font-size:13px;pointer-events:none;box-shadow:0 2px 10px #0003}
        #legend{display:flex;flex-wrap:wrap;gap:6px 16px;margin-top:10px;font-size:13px}#legend i{display:inline-block;width:10px;height:10px;border-radius:50%;margin-right:6px}#near{font-size:13px;color:var(--soft)}#near:empty{display:none}tr[data-row]{cursor:pointer}tr[data-row]:hover{background:var(--bg)}
        """;

    const string Script = """
        (()=>{const canvas=document.getElementById('map'),ink=canvas.getContext('2d'),by=document.getElementById('by'),tip=document.getElementById('tip'),legend=document.getElementById('legend'),near=document.getElementById('near');
        const n=data.text.length,palette=['#2f6fde','#e0803a','#2a9d6f','#c8402f','#8a5cd6','#8c6d46','#d45aa0','#6b7785','#a3a32b','#2aa7b8','#1f4f9e','#9a9fa8'];
        let low=[1/0,1/0],high=[-1/0,-1/0];for(let i=0;i<n;i++)for(const a of[0,1]){const v=data.places[2*i+a];low[a]=Math.min(low[a],v);high[a]=Math.max(high[a],v)}
        let zoom=1,shift=[0,0],picked=-1,hover=-1,width=1,height=1;
        const options=data.colours.map((c,i)=>[c.name,i]).concat(data.holes.length||data.doubts.length?[['what stands out',-2]]:[],[['nothing',-1]]);
        for(const[name,i]of options){const o=document.createElement('option');o.value=i;o.textContent=name;by.append(o)}
        const place=i=>{const s=Math.min(width/(high[0]-low[0]||1),height/(high[1]-low[1]||1))*.92*zoom;return[width/2+shift[0]+(data.places[2*i]-(low[0]+high[0])/2)*s,height/2+shift[1]-(data.places[2*i+1]-(low[1]+high[1])/2)*s]};
        const holes=new Set(data.holes),doubts=new Set(data.doubts);
        function colours(){const c=data.colours[by.value];if(by.value==-2)return[i=>holes.has(i)?palette[1]:doubts.has(i)?palette[3]:'#8894a355',[['not covered',palette[1]],['label in doubt',palette[3]]]];
        if(!c)return[()=>palette[0],[]];if(c.kinds)return[i=>c.kind[i]<0?'#8894a388':palette[c.kind[i]%12],c.kinds.map((k,i)=>[k,palette[i%12]]).concat(c.kind.includes(-1)?[['(missing)','#8894a388']]:[])];
        const seen=c.numbers.filter(v=>v!==null).sort((a,b)=>a-b),a=seen[Math.floor(seen.length*.02)],z=seen[Math.ceil(seen.length*.98)-1],mix=t=>`hsl(${235-205*t} 70% 52%)`;
        return[i=>c.numbers[i]===null?'#8894a388':mix(Math.min(1,Math.max(0,(c.numbers[i]-a)/(z-a||1)))),[[a,mix(0)],[(a+z)/2,mix(.5)],[z,mix(1)]].map(([v,k])=>[Number(v.toPrecision(4)),k])]}
        function draw(){const ratio=devicePixelRatio||1;width=canvas.clientWidth;height=canvas.clientHeight;canvas.width=width*ratio;canvas.height=height*ratio;ink.scale(ratio,ratio);const[colour]=colours(),r=Math.min(5,Math.max(1.6,60/Math.sqrt(n))*Math.sqrt(zoom));
        for(let i=0;i<n;i++){const[x,y]=place(i);if(x<-9||y<-9||x>width+9||y>height+9)continue;ink.fillStyle=colour(i);ink.globalAlpha=.8;ink.beginPath();ink.arc(x,y,by.value==-2&&(holes.has(i)||doubts.has(i))?r+2:r,0,7);ink.fill()}
        ink.globalAlpha=1;const i=picked<0?hover:picked;if(i>=0){const[x,y]=place(i);ink.strokeStyle=getComputedStyle(document.body).color;ink.lineWidth=1;for(let j=0;j<data.k;j++){const[a,b]=place(data.near[i*data.k+j]);ink.globalAlpha=.5;ink.beginPath();ink.moveTo(x,y);ink.lineTo(a,b);ink.stroke()}ink.globalAlpha=1;ink.beginPath();ink.arc(x,y,r+3,0,7);ink.stroke()}}
        function words(){const[,entries]=colours();legend.replaceChildren(...entries.map(([t,k])=>{const s=document.createElement('span'),d=document.createElement('i');d.style.background=k;s.append(d,String(t));return s}))}
        function find(x,y){let best=-1,least=144;for(let i=0;i<n;i++){const[a,b]=place(i),d=(a-x)**2+(b-y)**2;if(d<least){least=d;best=i}}return best}
        function pick(i){picked=i;near.replaceChildren(...(i<0?[]:[i,...data.near.slice(i*data.k,i*data.k+data.k)]).map((r,j)=>{const li=document.createElement('li');li.textContent=data.text[r]||'(empty)';if(!j)li.style.color='var(--ink)';return li}));draw()}
        let from=null,moved=false;canvas.addEventListener('pointerdown',e=>{from=[e.offsetX-shift[0],e.offsetY-shift[1]];moved=false;canvas.setPointerCapture(e.pointerId)});
        canvas.addEventListener('pointermove',e=>{if(from){const s=[e.offsetX-from[0],e.offsetY-from[1]];moved||=Math.hypot(s[0]-shift[0],s[1]-shift[1])>3;if(moved){shift=s;draw()}return}
        const i=find(e.offsetX,e.offsetY);if(i!==hover){hover=i;draw()}tip.hidden=i<0;if(i>=0){const c=data.colours.map(c=>c.name+': '+(c.kinds?(c.kind[i]<0?'(missing)':c.kinds[c.kind[i]]):c.numbers[i]??'(missing)'));tip.textContent=(data.text[i]||'(empty)')+(c.length?' · '+c.join(' · '):'');tip.style.left=Math.min(e.offsetX+14,width-350)+'px';tip.style.top=e.offsetY+14+'px'}});
        canvas.addEventListener('pointerup',e=>{from=null;if(!moved)pick(find(e.offsetX,e.offsetY))});canvas.addEventListener('pointerleave',()=>{hover=-1;tip.hidden=true;draw()});
        canvas.addEventListener('wheel',e=>{e.preventDefault();const f=Math.exp(-e.deltaY/400),x=e.offsetX-width/2,y=e.offsetY-height/2;zoom=Math.min(200,Math.max(.5,zoom*f));shift=[x-(x-shift[0])*f,y-(y-shift[1])*f];draw()},{passive:false});
        canvas.addEventListener('keydown',e=>{const m={ArrowLeft:[40,0],ArrowRight:[-40,0],ArrowUp:[0,40],ArrowDown:[0,-40]}[e.key];if(m){shift=[shift[0]+m[0],shift[1]+m[1]];e.preventDefault();draw()}else if('+-'.includes(e.key)){zoom*=e.key==='+'?1.25:.8;draw()}else if(e.key==='Escape')pick(-1)});
        for(const tr of document.querySelectorAll('tr[data-row]'))tr.addEventListener('click',()=>{pick(+tr.dataset.row);canvas.scrollIntoView({block:'center'})});
        by.addEventListener('change',()=>{draw();words()});addEventListener('resize',draw);draw();words()})();
        """;
}
