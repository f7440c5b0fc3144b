# Connexion, inscription, compte personnel.

login-title = Se connecter
login-button = Se connecter
login-wrong = Le nom d’utilisateur ou le mot de passe est incorrect.
login-too-many = Trop de mots de passe incorrects. Veuillez patienter quelques minutes.
login-no-account = Pas encore de compte ?
username = Nom d’utilisateur
password = Mot de passe
password-show = Afficher le mot de passe
form-wrong = Veuillez vérifier les champs signalés.

register-title = Créer un compte
register-button = Créer le compte
register-have-account = Vous avez déjà un compte ?
register-too-many = Trop de comptes ont été créés depuis votre adresse. Veuillez patienter quelques minutes.
register-closed = Les inscriptions sont fermées
register-closed-text = Sur ce serveur, les comptes sont créés par les personnes qui le gèrent.
username-hint = De { $min } à { $max } caractères : lettres a–z sans accent, chiffres, « . », « _ » et « - »
password-hint = De { $min } à { $max } caractères, différent du nom d’utilisateur. Quelques mots que personne d’autre n’associerait sont faciles à retenir et difficiles à deviner.

account-title = Votre compte
account-since = Compte créé le { $date }
account-role-admin = Administration
account-role-user = Lecture
account-language-button = Utiliser cette langue
account-language-done = La langue a été changée.
account-password-title = Changer de mot de passe
account-password-text = Le changement met fin à toutes vos autres sessions et à tous vos jetons.
account-password-current = Mot de passe actuel
account-password-new = Nouveau mot de passe
account-password-button = Changer le mot de passe
account-password-done = Votre mot de passe a été changé. Toutes les autres sessions et tous les jetons ont pris fin.
account-password-too-many = Trop de mots de passe incorrects. Veuillez patienter quelques minutes.

tokens-title = Mes jetons
tokens-text = Un jeton permet à un programme d’agir en votre nom par l’API, jusqu’à son expiration ou sa révocation.
tokens-none = Vous n’avez aucun jeton.
tokens-too-many =
    { $most ->
        [one] Vous avez déjà { $most } jeton, le maximum pour un compte. Révoquez-le si vous n’en avez plus besoin.
        [many] Vous avez déjà { $most } de jetons, le maximum pour un compte. Révoquez-en un dont vous n’avez plus besoin.
       *[other] Vous avez déjà { $most } jetons, le maximum pour un compte. Révoquez-en un dont vous n’avez plus besoin.
    }
token-name = Nom
token-name-hint = À quoi il sert, par exemple « sauvegarde nocturne »
token-days = Durée de validité en jours
token-days-hint = De { $min } à { $max } jours
token-create = Créer un jeton
token-made = Votre nouveau jeton
token-made-text = Copiez-le maintenant : il ne sera plus affiché.
token-made-use = Un programme l’envoie avec chaque requête, dans cet en-tête :
token-copy = Copier
token-copied = Copié
token-created = Créé
token-last-used = Dernière utilisation
token-expires = Expire
token-never-used = Jamais
token-actions = Actions
token-revoke = Révoquer
token-revoke-label = Révoquer le jeton { $name }
token-revoke-title = Révoquer ce jeton ?
token-revoke-text = Les programmes qui l’utilisent seront dès lors refusés. Cette action est définitive.
token-revoke-done = Le jeton a été révoqué.

logins-title = Sessions
logins-text = Où vous êtes connecté : navigateurs, et programmes qui utilisent votre mot de passe.
logins-more =
    { $count ->
        [one] { $count } session plus ancienne n’est pas affichée.
        [many] { $count } de sessions plus anciennes ne sont pas affichées.
       *[other] { $count } sessions plus anciennes ne sont pas affichées.
    }
login-began = Connexion
login-this = Ce navigateur
login-end = Terminer
login-end-label = Terminer la session du { $date }
login-end-title = Terminer cette session ?
login-end-text = Ce navigateur ou ce programme devra se connecter à nouveau.
login-end-done = La session a été terminée.
keep = Annuler
