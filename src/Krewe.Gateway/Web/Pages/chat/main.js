import { currentSession } from './model/sessions.js';
import { ChatPage } from './page.js';
import { SignIn } from './views/sign-in.js';

const signIn = new SignIn((session) => new ChatPage(session, (notice) => signIn.show(notice)).start());

const session = currentSession();
if (session) new ChatPage(session, (notice) => signIn.show(notice)).start();
else signIn.show();
