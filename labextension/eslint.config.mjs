import tseslint from 'typescript-eslint';

export default tseslint.config(
  { ignores: ['lib/', 'node_modules/', 'gallery/'] },
  ...tseslint.configs.recommendedTypeChecked,
  {
    languageOptions: {
      parserOptions: { project: ['./tsconfig.json', './tests/tsconfig.json'], tsconfigRootDir: import.meta.dirname }
    },
    rules: {
      eqeqeq: ['error', 'always', { null: 'ignore' }],
      'no-console': ['error', { allow: ['error', 'warn'] }],
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
      '@typescript-eslint/no-non-null-assertion': 'off', // where an index was just found, "!" says so
      '@typescript-eslint/no-redeclare': 'off', // a token and its interface share a name, as in all of JupyterLab
      '@typescript-eslint/unbound-method': 'off' // Lumino's signals take a method and its this
    }
  },
  { files: ['*.mjs', '*.js', 'style/*.js'], ...tseslint.configs.disableTypeChecked }
);
