export { type RenderedTexts, renderHost } from "./render-host";
