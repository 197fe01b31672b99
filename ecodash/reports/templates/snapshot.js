// What a snapshot page can do beyond being read. The names are short because every reader loads them.
(d=>{
let all=(css,e=d)=>[...e.querySelectorAll(css)],
make=(tag,type,done)=>Object.assign(d.createElement(tag),{type},done);

// The words that say how to print become a button that does.
all('#pdf').map(e=>e.replaceWith(make('button','button',{textContent:e.dataset.word,onclick:()=>print()})));

// A table's rows, or its bodies where a row and what it unfolds to are one.
all('table.sort').map(t=>{
let many=t.tBodies[1],
rows=()=>[...many?t.tBodies:t.rows].slice(many?0:1),
key=(row,i)=>{
let c=(row.rows?row.rows[0]:row).cells[i],v=c.querySelector('[data-value]'),s=c.dataset.sort??(v?v.dataset.value:c.textContent);
return s&&+s==s?+s:s.replace('—','').trim()
};

// A heading sorts by its column, figures largest first; what is missing stays last. It is no <button>, because those are
// not printed where the head of a table is repeated on the next sheet.
all('thead th',t).map((h,i)=>{
let b=make('span','',{tabIndex:0,onclick(){
let by='aria-sort',was=h.getAttribute(by),up=was?was[0]=='d':!h.matches('.n');
all(`[${by}]`,t).map(e=>e.removeAttribute(by));
h.setAttribute(by,up?'ascending':'descending');
rows().map(r=>[key(r,i),r])
.sort(([a],[b])=>(a==='')-(b==='')||(up?1:-1)*(a-b||(''+a).localeCompare(b,'zh',{numeric:1})))
.map(([,r])=>(many?t:t.tBodies[0]).append(r))
},onkeydown:e=>/^( |Enter)$/.test(e.key)&&(e.preventDefault(),b.click())});
b.setAttribute('role','button');
b.append(...h.childNodes);h.append(b)
});

// A word typed leaves the rows that have it, and opens those that have it inside.
if(rows()[7])t.before(make('input','search',{placeholder:'查找',oninput(){
let q=this.value.trim();
rows().map(r=>{
r.hidden=!r.textContent.includes(q);
all('details',r).map(e=>e.open=q&&e.lastElementChild.textContent.includes(q))
})
}}))
});

// The cover and the pages: keys go from one to the next, and the dot of the one being read is marked.
let stops=all('.masthead,article'),at=0;
if(stops[2]){
let eye=new IntersectionObserver(l=>l.map(e=>{
if(e.isIntersecting){
at=stops.indexOf(e.target);
all('.dots a').map((a,i)=>{
a.setAttribute('aria-current',i==at-1);
i==at-1&&a.scrollIntoView({block:'nearest'})
})
}
}),{rootMargin:'-30% 0px -69%'});
stops.map(e=>eye.observe(e));
onkeydown=e=>{
let t=e.target,by={ArrowRight:1,PageDown:1,ArrowLeft:-1,PageUp:-1}[e.key],to=stops[at+by];
if(to&&!t.matches('input')&&t.scrollWidth<=t.clientWidth&&!e.altKey&&!e.ctrlKey&&!e.metaKey){e.preventDefault();at+=by;to.scrollIntoView()}
}
}
})(document)
