/** What elkjs says nothing of: its worker, which computes where it is loaded. */
declare module 'elkjs/lib/elk-worker.min.js' {
  interface Answer {
    readonly error?: unknown;
    readonly data?: unknown;
  }
  const elk: {
    readonly Worker: new () => {
      readonly dispatcher: { saveDispatch(message: { readonly data: unknown }): void };
      onmessage: (answer: { readonly data: Answer }) => void;
    };
  };
  export default elk;
}
