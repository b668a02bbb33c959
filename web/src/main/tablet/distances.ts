/** A distance as people say it. */
export const metres = (distance_m: number) =>
  distance_m < 1000 ? `${Math.round(distance_m)} m` : `${(distance_m / 1000).toFixed(1)} km`;
