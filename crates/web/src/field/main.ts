import { mount } from 'svelte';
import '../styles/tokens.css';
import '../styles/base.css';
import './field.css';
import App from './App.svelte';
import { speakAsBefore } from '../state/language.svelte';

const place = document.getElementById('app');
void speakAsBefore().then(() => place && mount(App, { target: place }));
