console.log('Sconce: the example programs are not written yet.')
