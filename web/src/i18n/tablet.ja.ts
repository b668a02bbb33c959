/** Words of the tablet app: short sentences, one idea each. */
export const ja = {
  app_name: "現場台帳",
};
