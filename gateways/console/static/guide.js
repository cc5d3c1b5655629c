// The theme of the operators' guide: the console's in this browser.

document.documentElement.dataset.theme = localStorage.getItem('securwoman-theme') ?? 'dark';
