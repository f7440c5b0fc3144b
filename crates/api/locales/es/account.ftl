# Inicio de sesión, registro y cuenta propia.

login-title = Iniciar sesión
login-button = Iniciar sesión
login-wrong = El nombre de usuario o la contraseña no son correctos.
login-too-many = Demasiadas contraseñas incorrectas. Espere unos minutos.
login-no-account = ¿Aún no tiene cuenta?
username = Nombre de usuario
password = Contraseña
password-show = Mostrar la contraseña
form-wrong = Revise los campos marcados.

register-title = Crear una cuenta
register-button = Crear cuenta
register-have-account = ¿Ya tiene una cuenta?
register-too-many = Se han creado demasiadas cuentas desde su dirección. Espere unos minutos.
register-closed = El registro está cerrado
register-closed-text = En este servidor, las cuentas las crean quienes lo administran.
username-hint = De { $min } a { $max } caracteres: letras a–z sin acentos, cifras, «.», «_» y «-»
password-hint = De { $min } a { $max } caracteres y distinta del nombre de usuario. Unas cuantas palabras que nadie más juntaría son fáciles de recordar y difíciles de adivinar.

account-title = Su cuenta
account-since = Cuenta creada el { $date }
account-role-admin = Administración
account-role-user = Lectura
account-language-button = Usar este idioma
account-language-done = Se ha cambiado el idioma.
account-password-title = Cambiar la contraseña
account-password-text = Al cambiarla se cierran todas sus demás sesiones y se anulan todos sus tokens.
account-password-current = Contraseña actual
account-password-new = Contraseña nueva
account-password-button = Cambiar la contraseña
account-password-done = Se ha cambiado la contraseña. Se han cerrado todas las demás sesiones y se han anulado todos los tokens.
account-password-too-many = Demasiadas contraseñas incorrectas. Espere unos minutos.

tokens-title = Mis tokens
tokens-text = Un token permite que un programa actúe en su nombre a través de la API hasta que caduque o usted lo anule.
tokens-none = No tiene ningún token.
tokens-too-many =
    { $most ->
        [one] Ya tiene { $most } token, que es el máximo por cuenta. Anúlelo si ya no lo necesita.
        [many] Ya tiene { $most } de tokens, que es el máximo por cuenta. Anule alguno que ya no necesite.
       *[other] Ya tiene { $most } tokens, que es el máximo por cuenta. Anule alguno que ya no necesite.
    }
token-name = Nombre
token-name-hint = Para qué sirve, por ejemplo «copia de seguridad nocturna»
token-days = Días de validez
token-days-hint = De { $min } a { $max } días
token-create = Crear un token
token-made = Su token nuevo
token-made-text = Cópielo ahora: no volverá a verlo.
token-made-use = Un programa lo envía con cada solicitud en esta cabecera:
token-copy = Copiar
token-copied = Copiado
token-created = Creado
token-last-used = Último uso
token-expires = Caduca
token-never-used = Nunca
token-actions = Acciones
token-revoke = Anular
token-revoke-label = Anular el token { $name }
token-revoke-title = ¿Anular este token?
token-revoke-text = A partir de ese momento se rechazarán los programas que lo usen. No se puede deshacer.
token-revoke-done = Se ha anulado el token.

logins-title = Sesiones
logins-text = Dónde tiene la sesión iniciada: navegadores y programas que usan su contraseña.
logins-more =
    { $count ->
        [one] No se muestra { $count } sesión más antigua.
        [many] No se muestran { $count } de sesiones más antiguas.
       *[other] No se muestran { $count } sesiones más antiguas.
    }
login-began = Inicio
login-this = Este navegador
login-end = Cerrar
login-end-label = Cerrar la sesión del { $date }
login-end-title = ¿Cerrar esta sesión?
login-end-text = Ese navegador o programa tendrá que iniciar sesión de nuevo.
login-end-done = Se ha cerrado la sesión.
keep = Cancelar
