"""A seeded county to try linli with: invented matters on real divisions."""
