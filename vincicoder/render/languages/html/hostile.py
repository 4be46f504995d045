"""Pages that attack the machine, the network, the next page, or the time limit."""

from __future__ import annotations

from vincicoder.render.languages.hostile_sample import Hostile, HostileSuite

_NEIGHBOUR = (
    "<style>body{font:24px sans-serif}p{animation:k 9s infinite}@keyframes k{to{margin-left:400px}}</style>"
    "<h1>neighbour</h1><p>moving</p><pre id=out></pre><script>"
    "const out=document.getElementById('out');"
    "out.textContent=[window.name,localStorage.length,sessionStorage.length,document.cookie,history.length,"
    "typeof leaked,typeof [].map,Date.now(),performance.now(),Math.random(),innerWidth].join('|');"
    "let n=0;setInterval(()=>{document.title=String(++n)},100);"
    "</script>"
)


def _script(code: str) -> str:
    return f"<p>page</p><script>{code}</script>"


def _reached(expression: str) -> str:
    """A page that turns all red, and huge, if the promise is fulfilled."""
    return _script(
        f"({expression}).then(()=>{{document.body.style.cssText='height:99999px;background:red'}},()=>{{}})"
    )


_SAMPLES = [
    Hostile("empty", "render.no_output", "  \n "),
    Hostile("endless_loop", "render.timeout", _script("for(;;);")),
    Hostile("endless_loop_in_timer", "render.timeout", _script("setTimeout(()=>{for(;;);},500)")),
    Hostile(
        "endless_loop_in_worker",
        "render.timeout",
        _script("new Worker(URL.createObjectURL(new Blob(['for(;;);'])))"),
    ),
    Hostile("endless_microtasks", "render.timeout", _script("(function f(){Promise.resolve().then(f)})()")),
    Hostile("alert_loop", "render.timeout", _script("for(;;)alert(1)")),
    Hostile("dialogs", "rendered", _script("alert(1);confirm(2);prompt(3);onbeforeunload=()=>'stay'")),
    Hostile(
        "array_buffer_bomb",
        "render.out_of_memory",
        _script("const kept=[];for(;;)kept.push(new Uint8Array(5e7).fill(1))"),
    ),
    Hostile(
        "object_bomb",
        "render.out_of_memory",
        _script("const kept=[];for(;;)kept.push(new Array(1e6).fill(Math.random()))"),
    ),
    Hostile("popups", "rendered", _script("for(let i=0;i<500;i++)window.open('about:blank?'+i)")),
    Hostile(
        "popup_by_link",
        "rendered",
        "<a id=a target=_blank href='data:text/html,x'>x</a><script>a.click()</script>",
    ),
    Hostile("tall_page", "render.too_large", "<div style='height:100000px'>tall</div>", "1280x100"),
    Hostile("wide_page", "render.too_large", "<div style='width:90000px'>wide</div>"),
    Hostile(
        "growing_page",
        "render.too_large",
        _script(
            "setInterval(()=>{document.body.append(Object.assign(document.createElement('div'),"
            "{style:'height:4000px'}))},50)"
        ),
    ),
    Hostile(
        "huge_canvas",
        "rendered",
        "<canvas id=c width=30000 height=30000 style='width:99px'></canvas><script>"
        "c.getContext('2d')?.fillRect(0,0,30000,30000)</script>",
    ),
    Hostile("fetch_loopback", "rendered", _reached("fetch('http://127.0.0.1:@PORT@/',{mode:'no-cors'})")),
    Hostile("fetch_localhost", "rendered", _reached("fetch('http://localhost:@PORT@/',{mode:'no-cors'})")),
    Hostile(
        "websocket_loopback",
        "rendered",
        _reached(
            "new Promise((yes,no)=>{const s=new WebSocket('ws://127.0.0.1:@PORT@/');s.onopen=yes;s.onerror=no})"
        ),
    ),
    Hostile(
        "webrtc_loopback",
        "rendered",
        _script(
            "const c=new RTCPeerConnection({iceServers:[{urls:'stun:127.0.0.1:@PORT@'}]});"
            "c.createDataChannel('x');"
            "c.createOffer().then(o=>c.setLocalDescription(o))"
        ),
    ),
    Hostile(
        "resources_loopback",
        "rendered",
        "<link rel=stylesheet href='http://127.0.0.1:@PORT@/a.css'>"
        "<link rel=preconnect href='//127.0.0.1:@PORT@'>"
        "<img src='http://127.0.0.1:@PORT@/a.png'><script src='http://[::1]:@PORT@/a.js'></script>"
        "<iframe src='http://127.0.0.1:@PORT@/'></iframe><object data='http://0.0.0.0:@PORT@/'></object><p>here",
    ),
    Hostile(
        "library_of_a_version_not_here",
        "render.missing_dependency",
        "<script src='https://d3js.org/d3.v2.min.js'></script><p>here",
        "missing library d3 2: the versions 3, 4, 5, 6, 7 are here",
    ),
    Hostile(
        "library_as_module",
        "render.missing_dependency",
        "<p>here<script type=module>import * as d3 from 'https://cdn.jsdelivr.net/npm/d3@7/+esm';d3.rgb()</script>",
        "missing library d3 7: as a module",
    ),
    Hostile(
        "library_of_loopback",
        "rendered",
        "<script src='http://127.0.0.1:@PORT@/npm/d3@7/../x'></script>"
        "<script src='//localhost:@PORT@/a.js'></script><p>here",
    ),
    Hostile("navigation_loopback", "rendered", _script("location='http://127.0.0.1:@PORT@/'")),
    Hostile(
        "form_loopback",
        "rendered",
        "<form id=f action='http://127.0.0.1:@PORT@/' method=post></form><p>x<script>f.submit()</script>",
    ),
    Hostile(
        "refresh_loopback",
        "rendered",
        "<meta http-equiv=refresh content='0;url=http://127.0.0.1:@PORT@/'>here",
    ),
    Hostile(
        "file_frame", "rendered", "<iframe src='file://@CANARY@' onload='this.style.height=\"1px\"'></iframe>"
    ),
    Hostile("file_navigation", "rendered", _script("location='file://@CANARY@'")),
    Hostile("file_fetch", "rendered", _reached("fetch('file://@CANARY@')")),
    Hostile(
        "service_worker", "rendered", _reached("Promise.resolve(navigator.serviceWorker.register('/x.js'))")
    ),
    Hostile(
        "leave_data",
        "rendered",
        _script(
            "window.name='leak';localStorage.leak=1;sessionStorage.leak=1;document.cookie='leak=1;max-age=9999';"
            "window.leaked=1;Array.prototype.map=0;history.pushState({},'');indexedDB&&1"
        ),
    ),
    Hostile(
        "leave_timers",
        "rendered",
        _script(
            "setInterval(()=>{document.title+='x'},1);setTimeout(()=>{for(;;);},60000);"
            "new Worker(URL.createObjectURL(new Blob(['setInterval(()=>0,1)'])))"
        ),
    ),
    Hostile(
        "replaced_built_ins",
        "rendered",
        _script(
            "Promise=JSON=Object.prototype.toString=document.getAnimations=null;"
            "Object.defineProperty(document,'readyState',{value:'loading'});window.scrollTo=()=>{for(;;);}"
        ),
    ),
    Hostile("stopped_loading", "rendered", "<p>a<script>window.stop()</script><p>b"),
    Hostile("endless_reload", "rendered", _script("location.reload()")),
    Hostile("rewritten_document", "rendered", _script("onload=()=>document.write('<h1>new</h1>')")),
    Hostile(
        "fullscreen_and_print",
        "rendered",
        _script(
            "document.documentElement.requestFullscreen().catch(()=>0);print();window.moveTo(1,1);window.resizeTo(9,9)"
        ),
    ),
    Hostile(
        "grid_bomb",
        "render.too_large",
        "<style>body{display:grid;grid-template:repeat(9999999,1px)/1px}</style>x",
    ),
    Hostile(
        "workers_that_start_workers",
        "rendered",
        _script(
            "const u=URL.createObjectURL(new Blob(['if(!self.name)for(let i=0;i<9;i++)"
            'new Worker(self.location.href,{name:"last"})\']));new Worker(u)'
        ),
    ),
    Hostile("view_source", "rendered", _script("location='view-source:file:///etc/passwd'")),
    Hostile(
        "history_bomb", "rendered", _script("for(let i=0;i<1e5;i++)try{history.pushState(i,'')}catch(e){}")
    ),
    Hostile("deep_nesting", "rendered", "<div>" * 20_000 + "deep"),
    Hostile("worker_computes_without_end", "render.timeout", "<p>@FAULT@ burn </p>", "CPU time"),
    Hostile("worker_dies", "render.crashed", "<p>@FAULT@ die </p>", "signal 11"),
    Hostile("page_crashes", "render.crashed", "<!-- @FAULT@ crash-page -->" + _script("for(;;);")),
    Hostile("page_stops_answering", "render.timeout", "<!-- @FAULT@ wedge-page -->" + _script("for(;;);")),
    Hostile(
        "growing_web_assembly",
        "render.out_of_memory",
        _script(
            "const kept=[];for(;;){const m=new WebAssembly.Memory({initial:1});m.grow(16384);"
            "new Uint8Array(m.buffer).fill(1);kept.push(m)}"
        ),
    ),
    Hostile(
        "frames_in_frames",
        "rendered",
        _script(
            "let depth=0;for(let w=window;w!==top;w=w.parent)depth++;"
            "const f=document.createElement('iframe');f.srcdoc=document.documentElement.outerHTML;"
            "if(depth<4)document.body.append(f)"
        ),
    ),
    Hostile(
        "leave_more_data",
        "rendered",
        _script(
            "for(const f of [()=>indexedDB.open('x'),()=>caches.open('x'),"
            "()=>navigator.storage.getDirectory(),"
            "()=>navigator.locks.request('x',()=>new Promise(()=>{})),"
            "()=>new BroadcastChannel('x').postMessage(1),"
            "()=>new SharedWorker('data:text/javascript,setInterval(()=>0,1)')])"
            "try{Promise.resolve(f()).catch(()=>0)}catch(e){}"
        ),
    ),
    Hostile(
        "downloads",
        "rendered",
        _script(
            "const a=document.createElement('a');a.download='x';"
            "a.href=URL.createObjectURL(new Blob(['x'.repeat(1e7)]));"
            "for(let i=0;i<9;i++)a.click()"
        ),
    ),
    Hostile(
        "fonts_never_ready",
        "rendered",
        "<style>@font-face{font-family:x;src:url(data:font/woff2;base64,AAAA)}p{font-family:x}</style><p>text<script>"
        "Object.defineProperty(document.fonts,'status',{value:'loading'})</script>",
    ),
]

SUITE = HostileSuite((_NEIGHBOUR,), tuple(_SAMPLES))
