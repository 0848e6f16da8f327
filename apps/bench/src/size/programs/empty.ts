// What a process costs before it does anything.
console.log(performance.now())
