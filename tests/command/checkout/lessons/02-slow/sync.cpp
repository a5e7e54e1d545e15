// Never compiled: CMakeLists.txt waits instead.
