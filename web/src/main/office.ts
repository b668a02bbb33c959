import "../styles/base.css";
import "../styles/controls.css";
import { mount } from "svelte";
import { showLanguage } from "../i18n/language.svelte.ts";
import Gate from "./office/Gate.svelte";

showLanguage();
const target = document.getElementById("app");
if (target) mount(Gate, { target });
