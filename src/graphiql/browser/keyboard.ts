/** Lets Escape leave an editor, where Tab indents: without a mouse there would be no way out. */
document.addEventListener('keydown', ({ key, target }) => {
  if (key === 'Escape' && target instanceof Element) target.closest<HTMLElement>('.graphiql-editor')?.focus();
});
