import "../styles/base.css";
import "../styles/controls.css";
import "../styles/tablet.css";
import { mount } from "svelte";
import { showLanguage } from "../i18n/language.svelte.ts";
import App from "./tablet/App.svelte";
import { showTextSize } from "./tablet/text_size.svelte.ts";

showLanguage();
showTextSize();
const target = document.getElementById("app");
if (target) mount(App, { target });
