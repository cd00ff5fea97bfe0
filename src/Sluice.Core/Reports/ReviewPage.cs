using System.Security.Cryptography;
using System.Text;

namespace Sluice.Reports;

/// <summary>
/// The page on which people answer a review queue: for the keyboard first, without anything from elsewhere. It is the same for every queue and holds no data; its script asks the review API
/// that it comes from.
/// </summary>
public static partial class ReviewPage
{
    /// <summary>The page.</summary>
    public static string Markup { get; } = $"""
        <!doctype html>
        <html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
        <title>Review</title><style>{Styles}</style></head><body>
        {Body}
        <script>{Script}</script></body></html>
        """;

    /// <summary>What a browser may do on the page: run this script and these styles, ask the server that it comes from, show images that it got there, and nothing else.</summary>
    public static string Policy { get; } =
        $"default-src 'none'; script-src '{HashOf(Script)}'; style-src '{HashOf(Styles)}'; connect-src 'self'; img-src blob:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    static string HashOf(string text) => "sha256-" + Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(text)));

    const string Body = Header + Item + MaskBody + Form;

    const string Header = """
        <header><div><p class="eyebrow">review</p><h1 id="title">…</h1></div>
        <div class="who"><span id="who"></span> <button type="button" id="leave" hidden>Not you?</button></div></header>
        <main>
        <form id="enter" class="card" hidden><h2>Who are you?</h2>
        <label for="name">Your name in this queue</label><input id="name" autocomplete="username" spellcheck="false" required maxlength="64">
        <details><summary>Access key</summary><label for="key">Key of the app, where it asks for one</label><input id="key" type="password" autocomplete="off"></details>
        <button class="main">Begin</button></form>
        <section id="status" aria-label="Progress"><progress id="bar" value="0" max="1"></progress><p id="progress" class="note"></p></section>
        <p id="message" class="card" role="status" aria-live="polite" hidden></p>
        """;

    const string Item = """

        <form id="item" hidden><div class="two" id="sides"><div>
        """;

    const string Form = """

        <section class="card" aria-labelledby="rowTitle"><h2 id="rowTitle">Row</h2><dl id="cells"></dl></section></div>
        <section class="card"><p id="others" class="hint" hidden></p><p id="suggestion" class="hint" hidden></p>
        <fieldset id="choices"><legend id="question"></legend><div id="labels"></div>
        <div id="free" hidden><label for="text">Another label</label><input id="text" maxlength="500" autocomplete="off" spellcheck="false"></div></fieldset>
        <p class="act"><button class="main" id="send">Send <kbd>Enter</kbd></button> <label class="check"><input type="checkbox" id="atOnce"> send as soon as a number is pressed</label></p>
        <p id="until" class="note"></p></section></div></form>
        <details id="help" class="card" hidden><summary>Keys</summary><ul><li><kbd>1</kbd>–<kbd>9</kbd> choose a label</li><li><kbd>Enter</kbd> send it</li>
        <li><kbd>g</kbd> choose the label that the row has</li><li><kbd>s</kbd> choose the suggested one</li><li><kbd>/</kbd> write another label, <kbd>Esc</kbd> back</li><li>In an image: arrows move the cross, <kbd>Space</kbd> marks, <kbd>x</kbd> cuts off, <kbd>u</kbd> takes the last click back, <kbd>c</kbd> all of them, <kbd>n</kbd> it is not there</li><li><kbd>?</kbd> show this</li></ul>
        <p class="note">An answer counts once it is sent, and cannot be changed.</p></details>
        </main>
        """;

    const string Styles = HtmlReport.Styles + """

        header{align-items:center}.who{color:var(--soft);font-size:14px}main{padding-top:20px;padding-bottom:40px}main .card{padding:20px 24px;margin:0 0 18px}
        main section#status{background:none;border:0;padding:0;margin:0 0 14px}#bar{width:100%;height:8px;accent-color:var(--base)}[hidden]{display:none!important}
        .two{grid-template-columns:minmax(0,3fr) minmax(280px,2fr);gap:18px;align-items:start}@media(max-width:760px){.two{grid-template-columns:minmax(0,1fr)}}
        dl{margin:0;display:grid;gap:12px}dt{color:var(--soft);font-size:13px}dd{margin:2px 0 0;white-space:pre-wrap;overflow-wrap:anywhere}dd.none{color:var(--soft);font-style:italic}dd.long{font-size:17px}
        fieldset{border:0;margin:0;padding:0;min-width:0}legend{font-weight:600;padding:0;margin-bottom:10px}.choice{display:flex;gap:12px;align-items:center;border:1px solid var(--line);border-radius:10px;padding:9px 12px;margin:0 0 8px;cursor:pointer}
        .choice:has(input:checked){border-color:var(--base);box-shadow:inset 0 0 0 1px var(--base)}.choice:has(input:focus-visible){outline:3px solid var(--base);outline-offset:2px}.choice span{flex:1;overflow-wrap:anywhere}.choice em{color:var(--soft);font-style:normal;font-size:12px}
        kbd{font:12px ui-monospace,Menlo,Consolas,monospace;border:1px solid currentColor;border-radius:5px;padding:0 6px;opacity:.75}
        button{font:inherit;color:inherit;background:none;border:1px solid var(--line);border-radius:9px;padding:7px 14px;cursor:pointer}button.main{background:var(--base);border-color:var(--base);color:#fff;font-weight:600}@media(prefers-color-scheme:dark){button.main{color:#0d1422}}
        button:disabled{opacity:.5;cursor:default}button:focus-visible,input:focus-visible,summary:focus-visible{outline:3px solid var(--base);outline-offset:2px}
        input:not([type=radio]):not([type=checkbox]){font:inherit;color:inherit;background:var(--bg);border:1px solid var(--line);border-radius:9px;padding:8px 12px;width:100%;margin:4px 0 12px}label{font-size:14px}.check{color:var(--soft)}
        .act{display:flex;gap:14px;align-items:center;flex-wrap:wrap;margin:14px 0 6px}.hint{margin:0 0 12px}.hint b{overflow-wrap:anywhere}#enter{max-width:520px}#enter .main{margin-top:14px}#enter details label{display:block;margin-top:8px}#message.wrong{border-color:var(--bad);color:var(--bad)}details summary{cursor:pointer}ul{padding-left:20px;margin:10px 0}li{margin:5px 0}
        """ + MaskStyles;

    const string Script = """

        (()=>{const $=id=>document.getElementById(id),base=location.pathname.replace(/\/page\/?$/,''),given=new URLSearchParams(location.hash.slice(1));
        let reviewer=given.get('reviewer')||sessionStorage.getItem('reviewer:'+base)||'',key=given.get('key')||sessionStorage.getItem('key')||'',asked=null,since=0,sent=0,timer=0,busy=false;
        if(given.has('key'))history.replaceState(null,'',location.pathname+(reviewer?'#reviewer='+encodeURIComponent(reviewer):''));
        const call=async(path,body)=>{const headers=body?{'content-type':'application/json'}:{};if(key)headers['x-functions-key']=key;
        const answer=await fetch(base+path,{method:body?'POST':'GET',headers,body:body&&JSON.stringify(body),cache:'no-store'});let json=null;try{json=await answer.json()}catch{}return{status:answer.status,json}};
        const say=(text,wrong)=>{$('message').textContent=text||'';$('message').hidden=!text;$('message').classList.toggle('wrong',!!wrong)};
        const later=(what,seconds)=>{clearTimeout(timer);timer=setTimeout(what,seconds*1000)};
        const count=(n,one,many)=>n.toLocaleString()+' '+(n===1?one:many);
        """ + MaskScript + """

        async function progress(){const{status,json}=await call('');if(status!==200)return null;$('title').textContent=json.dataset;document.title='Review of '+json.dataset;$('bar').max=Math.max(1,json.items);$('bar').value=json.done;
        $('progress').textContent=`${json.done.toLocaleString()} of ${count(json.items,'row','rows')} decided`+(sent?` · ${count(sent,'answer','answers')} of yours in this sitting`:'');return json}
        function enter(text){clearTimeout(timer);$('enter').hidden=false;hide();$('status').hidden=$('leave').hidden=$('help').hidden=true;$('who').textContent='';say(text,!!text);$('name').value=reviewer;$('name').focus()}
        async function next(){clearTimeout(timer);let found;try{found=await call('/next?reviewer='+encodeURIComponent(reviewer))}catch{hide();say('The app does not answer. Trying again…',true);return later(next,5)}
        if(found.status===401){return enter('The app asks for its access key, or for another one.')}if(found.status===403){const text=found.json?.error||'';reviewer='';return enter(text)}
        $('enter').hidden=true;$('status').hidden=$('leave').hidden=$('help').hidden=false;$('who').textContent=reviewer;const state=await progress().catch(()=>null);
        if(found.status===200)return show(found.json);hide();asked=null;
        if(found.status===204){if(state?.status==='completed')return say('Everything is decided. Thank you.');say('Nothing for you now. This page looks again by itself.');return later(next,4)}
        say(found.json?.error||`The app answered with status ${found.status}.`,found.status!==410);if(found.status>=500)later(next,10)}
        const hide=()=>{$('item').hidden=$('picture').hidden=true};
        function cell(name,value){const dt=document.createElement('dt'),dd=document.createElement('dd'),pair=document.createElement('div');dt.textContent=name;dd.textContent=value===null?'(missing)':value===''?'(empty)':value;dd.className=value===null||value===''?'none':value.length>60?'long':'';pair.append(dt,dd);return pair}
        function choice(label,number,note){const line=document.createElement('label'),input=document.createElement('input'),text=document.createElement('span');line.className='choice';input.type='radio';input.name='label';input.value=label;input.required=!$('free').dataset.on;text.textContent=label;line.append(input,text);
        if(note){const em=document.createElement('em');em.textContent=note;line.append(em)}if(number<10){const kbd=document.createElement('kbd');kbd.textContent=number;line.append(kbd)}return line}
        function show(item){asked=item;since=performance.now();const row=item.row,free=!item.labels.length;say('');$('item').hidden=false;$('question').textContent=item.mask?`Which “${item.labelColumn}” do you mark?`:`Which “${item.labelColumn}” is right?`;
        $('cells').replaceChildren(...Object.entries(row.row).map(([name,value])=>cell(name,value)));
        $('others').hidden=!item.adjudicates;$('others').textContent=item.adjudicates?'Others did not agree. They said: '+(item.answers||[]).join(', '):'';
        $('suggestion').hidden=!row.suggested;$('suggestion').replaceChildren();if(row.suggested){const b=document.createElement('b');b.textContent=row.suggested;$('suggestion').append('Perhaps ',b,row.quality!==null?`? The given label “${row.given??''}” has a chance of ${(100*row.quality).toFixed(row.quality<.1?1:0)} %.`:'?')}
        $('free').hidden=!free;$('free').dataset.on=free?'1':'';const labels=free?[...new Set([row.given,row.suggested,...(item.answers||[]),...recent()].filter(Boolean))]:item.labels;
        $('labels').replaceChildren(...labels.map((label,i)=>choice(label,i+1,[label===row.given?'has it now':'',label===row.suggested?'suggested':''].filter(Boolean).join(', '))));
        $('text').value='';$('until').textContent='Yours until '+new Date(item.until).toLocaleString([], {weekday:'short',hour:'2-digit',minute:'2-digit'});
        if(item.mask&&item.labels.length===1)document.querySelector('input[name=label]').checked=true;
        (document.querySelector('input[name=label]')||$('text')).focus({preventScroll:true});mask.show(item);$('rowTitle').textContent=row.key.filter(k=>k!==null).join(' · ')||'Row'}
        const recent=()=>{try{return JSON.parse(sessionStorage.getItem('labels:'+base)||'[]')}catch{return[]}};
        const chosen=()=>$('text').value.trim()&&!$('free').hidden?$('text').value.trim():document.querySelector('input[name=label]:checked')?.value;
        function pick(label){const input=[...document.querySelectorAll('input[name=label]')].find(i=>i.value===label);if(input){input.checked=true;if(!mask.asks)input.focus({preventScroll:true});$('text').value=''}return!!input}
        async function send(){const label=chosen();if(!asked||busy||!label){if(!label)say('Choose a label first.',true);return}if(mask.asks&&mask.problem)return say(mask.problem,true);busy=true;$('send').disabled=true;
        try{const{status,json}=await call('/answers',{item:asked.item,reviewer,label,...(mask.asks?{clicks:mask.clicks}:{}),seconds:Math.round((performance.now()-since)/100)/10});
        if(status===200){sent++;if(!asked.labels.length)sessionStorage.setItem('labels:'+base,JSON.stringify([label,...recent().filter(l=>l!==label)].slice(0,6)));await next()}
        else if(status===409||status===410||status===403){await next();say((json?.error||'The answer does not count any more.')+(asked?' Here is the next row.':''),true)}
        else say(json?.error||`The app answered with status ${status}. Nothing was recorded; send it again.`,true)}
        catch{say('The app does not answer. Nothing is lost: send it again.',true)}finally{busy=false;$('send').disabled=false}}
        $('item').addEventListener('submit',e=>{e.preventDefault();send()});
        $('enter').addEventListener('submit',e=>{e.preventDefault();reviewer=$('name').value.trim();key=$('key').value||key;sessionStorage.setItem('reviewer:'+base,reviewer);if(key)sessionStorage.setItem('key',key);history.replaceState(null,'',location.pathname+'#reviewer='+encodeURIComponent(reviewer));say('');next()});
        $('leave').addEventListener('click',()=>{sessionStorage.removeItem('reviewer:'+base);reviewer='';enter()});
        $('text').addEventListener('input',()=>{const c=document.querySelector('input[name=label]:checked');if(c&&$('text').value.trim())c.checked=false});
        addEventListener('keydown',e=>{if(e.ctrlKey||e.metaKey||e.altKey)return;const typing=e.target.matches?.('input:not([type=radio]):not([type=checkbox])');
        if(typing){if(e.key==='Escape')(document.querySelector('input[name=label]')||document.body).focus();return}
        if(e.key==='?'){$('help').open=!$('help').open;return}if($('item').hidden)return;if(mask.pressed(e)){e.preventDefault();return}
        if(/^[1-9]$/.test(e.key)){const input=document.querySelectorAll('input[name=label]')[e.key-1];if(input&&pick(input.value)){e.preventDefault();if($('atOnce').checked)send()}}
        else if(e.key==='g'&&asked.row.given)pick(asked.row.given);else if(e.key==='s'&&asked.row.suggested)pick(asked.row.suggested);
        else if(e.key==='/'&&!$('free').hidden){e.preventDefault();$('text').focus()}
        else if(e.key==='Enter'&&!(e.target.matches?.('button,summary,a'))){e.preventDefault();send()}});
        reviewer?next():progress().catch(()=>null).then(()=>enter())})();
        """;
}
