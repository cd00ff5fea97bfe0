namespace Sluice.Reports;

/// <summary>The part of the page on which a thing is marked in an image: by pointer or keys, a click at a time.</summary>
public static partial class ReviewPage
{
    const string MaskBody = """
        <section id="picture" class="card" aria-labelledby="pictureTitle" hidden><h2 id="pictureTitle">Image</h2><p id="how" class="hint"></p>
        <div id="frame"><div id="stage" tabindex="0" role="application" aria-describedby="stageKeys found"><img id="image" alt=""><svg id="drawn" aria-hidden="true" preserveAspectRatio="none"></svg></div></div>
        <p id="stageKeys" class="note">Click what is meant; <kbd>Shift</kbd> and click cuts off what is not. With the keys: arrows move the cross (with <kbd>Shift</kbd> by a pixel), <kbd>Space</kbd> is a click, <kbd>x</kbd> one that cuts off.</p>
        <p id="found" role="status" aria-live="polite"></p>
        <p class="act"><button type="button" id="undo">Undo <kbd>u</kbd></button> <button type="button" id="clear">Clear <kbd>c</kbd></button> <label class="check"><input type="checkbox" id="nothing"> it is not in this image <kbd>n</kbd></label></p></section>
        """;

    const string MaskStyles = """

        #sides.wide{grid-template-columns:minmax(0,1fr) 270px}@media(max-width:760px){#sides.wide{grid-template-columns:minmax(0,1fr)}}
        #frame{display:flex;justify-content:center;background:var(--bg);border:1px solid var(--line);border-radius:10px;overflow:hidden}#stage{position:relative;line-height:0;cursor:crosshair;touch-action:manipulation}
        #image{max-width:100%;max-height:66vh;user-select:none}#drawn{position:absolute;inset:0;width:100%;height:100%;pointer-events:none}#stage:focus-visible{outline:3px solid var(--base);outline-offset:-3px}
        #drawn path{vector-effect:non-scaling-stroke}#drawn .fill{fill:#0a84ff;fill-opacity:.38;stroke:#fff;stroke-width:4}#drawn .line{fill:none;stroke:#0a4fa8;stroke-width:2}#drawn .in,#drawn .out,#drawn .cross{stroke-width:5;stroke-linecap:round;fill:none}
        #drawn .in{stroke:#12a150}#drawn .out{stroke:#e0242f}#drawn .under{stroke:#fff;stroke-width:9}#drawn .cross{stroke:#000;stroke-width:2}#drawn .cross.under{stroke:#fff;stroke-width:4}#stage:not(:focus) .cross{display:none}#stage.busy{cursor:progress}
        #found{min-height:1.5em;margin:10px 0 0}#found.wrong{color:var(--bad)}
        """;

    // Shares the names of the page's script: $, call, asked.
    const string MaskScript = """

        const mask=(()=>{let item=null,clicks=[],cross=null,turn=0,url='',ready=true;const stage=$('stage'),drawn=$('drawn'),size=()=>item.row.image;
        const shape=(d,name)=>{const path=document.createElementNS(drawn.namespaceURI,'path');path.setAttribute('d',d);path.setAttribute('class',name);return path};
        const tell=(text,wrong)=>{$('found').textContent=text;$('found').classList.toggle('wrong',!!wrong)};
        let rings=[];function draw(){const d=rings.map(r=>'M'+r.reduce((t,v,i)=>t+(i%2?','+v:(i?'L':'')+v),'')+'Z').join(''),r=Math.max(size().width,size().height)/130,parts=[];
        if(d){parts.push(shape(d,'fill'),shape(d,'line'));parts[0].setAttribute('fill-rule','evenodd')}
        for(const c of clicks){const x=c.x+.5,y=c.y+.5,sign=`M${x-r} ${y}H${x+r}`+(c.inside?`M${x} ${y-r}V${y+r}`:'');parts.push(shape(sign,(c.inside?'in':'out')+' under'),shape(sign,c.inside?'in':'out'))}
        if(cross){const x=cross.x+.5,y=cross.y+.5,far=`M${x-3*r} ${y}H${x-r}M${x+r} ${y}H${x+3*r}M${x} ${y-3*r}V${y-r}M${x} ${y+r}V${y+3*r}`;parts.push(shape(far,'cross under'),shape(far,'cross'))}
        drawn.replaceChildren(...parts)}
        async function find(){const mine=++turn;$('nothing').checked=false;$('undo').disabled=$('clear').disabled=!clicks.length;if(!clicks.some(c=>c.inside)){rings=[];ready=true;draw();return tell(clicks.length?'Now click what is meant.':'Nothing is marked yet.')}
        draw();ready=false;stage.classList.add('busy');tell('Looking…');
        try{const{status,json}=await call(`/items/${item.item}/mask`,{clicks});if(mine!==turn)return;
        if(status===200){rings=json.polygons;ready=true;draw();const share=100*json.area/(size().width*size().height);tell(json.area?`Marked: ${json.area.toLocaleString()} pixels, ${share<.1?share.toFixed(2):share.toFixed(1)} % of the image, after ${clicks.length===1?'1 click':clicks.length+' clicks'}.`+(json.score!=null?` The model gives it ${json.score.toFixed(2)}.`:''):'Nothing was found there. Click elsewhere.')}
        else{clicks.pop();draw();ready=true;tell(json?.error||`The app answered with status ${status}.`,true)}}
        catch{if(mine===turn){clicks.pop();draw();ready=true;tell('The app does not answer. Click again.',true)}}finally{if(mine===turn)stage.classList.remove('busy')}}
        function add(x,y,inside){clicks.push({x:Math.min(size().width-1,Math.max(0,x)),y:Math.min(size().height-1,Math.max(0,y)),inside});find()}
        function undo(){if(clicks.length){clicks.pop();find()}}function clear(){clicks=[];find()}
        function none(on){$('nothing').checked=on;if(on){clicks=[];turn++;rings=[];ready=true;draw();tell('Sent without a mask: it is not in this image.')}else find()}
        async function show(next){item=next.mask?next:null;$('picture').hidden=!item;$('sides').classList.toggle('wide',!!item);turn++;stage.classList.remove('busy');if(!item)return;clicks=[];rings=[];ready=true;cross={x:size().width>>1,y:size().height>>1};$('nothing').checked=false;
        const name=size().name;$('pictureTitle').textContent=name.startsWith('[')?'Image':name;$('image').alt='';stage.setAttribute('aria-label',`Image ${name}, ${size().width} by ${size().height} pixels`);
        $('how').textContent=next.mask.isModel?'':'No segmentation model is set for this queue: a click marks the region of like colour around it.';$('how').hidden=next.mask.isModel;
        drawn.setAttribute('viewBox',`0 0 ${size().width} ${size().height}`);tell('');$('image').removeAttribute('src');draw();
        const answer=await fetch(base+`/items/${item.item}/image`,{headers:key?{'x-functions-key':key}:{}}).catch(()=>null);if(item!==next)return;
        if(!answer?.ok)return tell('The image cannot be shown. Load the page again.',true);URL.revokeObjectURL(url);url=URL.createObjectURL(await answer.blob());if(item!==next)return;
        $('image').src=url;$('image').alt=`Image ${name}: mark what the label names`;find();stage.focus({preventScroll:true})}
        stage.addEventListener('click',e=>{const box=$('image').getBoundingClientRect();if(!item||!box.width)return;const x=Math.floor((e.clientX-box.left)/box.width*size().width),y=Math.floor((e.clientY-box.top)/box.height*size().height);cross={x,y};add(x,y,!e.shiftKey)});
        $('undo').addEventListener('click',undo);$('clear').addEventListener('click',clear);$('nothing').addEventListener('change',e=>none(e.target.checked));
        function pressed(e){if(!item)return false;const far=e.shiftKey?1:Math.max(1,Math.round(Math.max(size().width,size().height)/80)),step={ArrowLeft:[-far,0],ArrowRight:[far,0],ArrowUp:[0,-far],ArrowDown:[0,far]}[e.key];
        if(document.activeElement===stage){if(step){cross={x:Math.min(size().width-1,Math.max(0,cross.x+step[0])),y:Math.min(size().height-1,Math.max(0,cross.y+step[1]))};draw();return true}
        if(e.key===' '||e.key==='x'){add(cross.x,cross.y,e.key===' ');return true}}
        if(e.key==='u'){undo();return true}if(e.key==='c'){clear();return true}if(e.key==='n'){none(!$('nothing').checked);return true}return false}
        return{show,pressed,get asks(){return!!item},get problem(){return!ready?'The mask is still looked for.':$('nothing').checked||clicks.some(c=>c.inside)?'':'Click what is meant in the image first, or press n if it is not there.'},get clicks(){return $('nothing').checked?[]:clicks}}})();
        """;
}
