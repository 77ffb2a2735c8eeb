import { mount } from 'svelte';
import './console.css';
import App from './App.svelte';

// A page brought back from the back-forward cache has lost its stream and shows an old board: start again.
addEventListener('pageshow', (e) => { if (e.persisted) location.reload(); });

mount(App, { target: document.getElementById('app')! });
