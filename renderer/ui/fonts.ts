/** The four weights of Be Vietnam Pro the screens use, bundled with the app (each file carries its Vietnamese subset). */
import '@fontsource/be-vietnam-pro/400.css';
import '@fontsource/be-vietnam-pro/500.css';
import '@fontsource/be-vietnam-pro/600.css';
import '@fontsource/be-vietnam-pro/700.css';
